"""Rows in, a passage with its own words and its source out."""
