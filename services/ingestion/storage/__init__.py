"""Stored objects of documents: page text and garbage collection."""
