"""Decides which tables, columns and rows of a source an asker may see."""
