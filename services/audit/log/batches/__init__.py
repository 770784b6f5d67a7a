"""Batches of records: their format, tables and publication."""
