"""The worker pool: writes answers from passages with a language model."""

from services.inference.handlers import service

__all__ = ["service"]
