"""Search: indexes chunks and finds passages for a question."""

from services.retrieval.handlers import service

__all__ = ["service"]
