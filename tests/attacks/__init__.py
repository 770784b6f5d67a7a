"""Promises to security teams, each shown by an attack."""
