"""Answers from business databases and APIs, with the rights of the asker."""

from services.connectors.handlers import service

__all__ = ["service"]
