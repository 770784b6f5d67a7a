"""HTTP and EDGE questions in, events out, answers back."""

from services.gateway.handlers import service

__all__ = ["service"]
