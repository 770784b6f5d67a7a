"""Numbers that name somebody are taken out before anything is kept: Chinese and international, checksums verified."""

from services.audit.redaction.redactor import Redactor, open_redactor

__all__ = ["Redactor", "open_redactor"]
