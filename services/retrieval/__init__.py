"""Retrieval: chunks in, index; question in, passages out."""

from services.retrieval.handlers import service

__all__ = ["service"]
