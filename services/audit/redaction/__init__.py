"""Redacts personal numbers, Chinese and international, with verified checksums."""

from services.audit.redaction.redactor import Redactor, open_redactor

__all__ = ["Redactor", "open_redactor"]
