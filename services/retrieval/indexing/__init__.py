"""Chunks into SQL and the vector index."""
