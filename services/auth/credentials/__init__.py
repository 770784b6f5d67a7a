"""Passwords and tokens of local accounts."""
