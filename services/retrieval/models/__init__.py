"""Embedding models that are fetched once, by whichever way is open: `python -m services.retrieval.models`."""
