"""Readers: one file or one folder for each file format."""
