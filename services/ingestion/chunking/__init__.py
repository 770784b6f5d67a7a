"""Splits pages into chunks, and chunks into batches."""
