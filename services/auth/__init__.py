"""Authentication and authorisation: turns a credential into a principal and a signed capability."""

from services.auth.handlers import service

__all__ = ["service"]
