"""The HTTP interfaces, the web page and questions from the bus; the only service that waits for answers."""

from services.gateway.handlers import service

__all__ = ["service"]
