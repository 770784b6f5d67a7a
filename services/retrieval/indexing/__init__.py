"""Writes chunks to SQL and to the vector index."""
