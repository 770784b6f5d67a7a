"""Passages in, answer out."""

from services.inference.handlers import service

__all__ = ["service"]
