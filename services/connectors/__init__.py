"""Connectors: declared business sources and named queries; a question in, rows as passages out."""

from services.connectors.handlers import service

__all__ = ["service"]
