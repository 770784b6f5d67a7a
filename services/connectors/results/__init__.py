"""Turns rows into a passage with its source."""
