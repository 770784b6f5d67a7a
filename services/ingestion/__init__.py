"""Documents: parses files into chunks."""

from services.ingestion.handlers import service

__all__ = ["service"]
