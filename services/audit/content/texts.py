"""Which texts of an event may be kept: the question and the answer, redacted."""

from collections.abc import Mapping
from typing import Any

from services.audit.redaction import Redactor

FIELDS = {"query.asked.": "question", "query.searched.": "question", "answer.": "answer"}


def texts_of(subject: str, body: Mapping[str, Any], redactor: Redactor) -> dict[str, str]:
    """By `question` or `answer`; nothing of other events, and of answers that are refusals."""
    field = next((name for start, name in FIELDS.items() if subject.startswith(start)), None)
    text = body.get(field) if field else None
    return {field: redactor.text(text)} if field and isinstance(text, str) and text else {}
