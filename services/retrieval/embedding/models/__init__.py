"""Embedding models that are downloaded once: `python -m services.retrieval.embedding.models`."""
