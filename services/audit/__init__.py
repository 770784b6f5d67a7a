"""Every event in, one provable record out."""

from services.audit.handlers import service

__all__ = ["service"]
