"""Credential in, principal and capability out."""

from services.auth.handlers import service

__all__ = ["service"]
