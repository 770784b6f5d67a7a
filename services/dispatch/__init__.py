"""Who is next."""

from services.dispatch.handlers import service

__all__ = ["service"]
