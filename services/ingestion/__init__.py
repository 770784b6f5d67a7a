"""File in, chunks out."""

from services.ingestion.handlers import service

__all__ = ["service"]
