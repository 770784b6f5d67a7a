"""Capabilities, signatures, access rules, revocation and private files."""
