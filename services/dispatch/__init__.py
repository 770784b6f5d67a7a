"""The fair queue in front of the workers."""

from services.dispatch.handlers import service

__all__ = ["service"]
