"""Objects of documents: page text, and garbage collection."""
