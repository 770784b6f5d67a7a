"""Content-free facts of each kind of event: ids, numbers and outcomes."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from services.audit.question_facts import answered, asked, grounded, only, planned, searched
from services.audit.redaction import Redactor

Body = Mapping[str, Any]
FREE = {"detail", "filter", "reason", "target", "outcome", "model", "note"}  # may hold words of people


def facts_of(subject: str, body: Body, salt: bytes, redactor: Redactor) -> dict[str, Any]:
    """The facts of an event by its subject, without what names somebody; empty for kinds that have none."""
    kind = next((find for start, find in KINDS if subject.startswith(start)), None)
    try:
        found = kind(body) if kind else {}
    except (AttributeError, TypeError, ValueError):
        # Not the shape that it should have: recorded all the same, the log never stops for an event.
        return {"shape": "unknown"}
    if answer := body.get("answer"):
        found["answer_hash"] = commitment(str(answer), salt)
    told = {name: value for name, value in found.items() if value not in (None, "", [], {}, (), 0)}
    return told | {name: redactor.value(told[name]) for name in FREE & told.keys()}


def commitment(text: str, salt: bytes) -> str:
    """HMAC-SHA256 of a text, in hex."""
    return hmac.digest(salt, text.encode(), "sha256").hex()


def _document(body: Body) -> dict[str, Any]:
    found = only(
        body,
        "workspace",
        "revision",
        "size",
        "sha256",
        "batch",
        "batches",
        "pages",
        "chunks",
        "reason",
        "access",
        "allow",
        "deny",
        "form",
        "page",
        "documents",
    )
    if isinstance(found.get("chunks"), list):
        # A batch carries its chunks' text: only their number is kept.
        found["chunks"] = len(found["chunks"])
    return found


def _changed(body: Body) -> dict[str, Any]:
    return only(body, "act", "target", "detail")


def _attempted(body: Body) -> dict[str, Any]:
    return only(body, "outcome", "reason")


def _denied(body: Body) -> dict[str, Any]:
    return only(body, "workspace", "workspaces", "action", "reason")


def _failed(body: Body) -> dict[str, Any]:
    return only(body, "service", "event", "reason", "status", "attempts", "client")


def _told(body: Body) -> dict[str, Any]:
    return only(
        body,
        "pool",
        "form",
        "documents",
        "queries",
        "filter",
        "reason",
        "act",
        "rule",
        "why",
        "until",
        "value",
        "key",
        "source",
        "rows",
        "duration_ms",
        "name",
        "counts",
        "to",
        "note",
        "request",
        "owner",
        "before",
        "sessions",
        "everywhere",
    )


KINDS: tuple[tuple[str, Callable[[Body], dict[str, Any]]], ...] = (
    ("query.asked.", asked),
    ("query.planned.", planned),
    ("query.grounded.", grounded),
    ("query.searched.", searched),
    ("query.", _told),
    ("answer.", answered),
    ("document.", _document),
    ("access.changed.", _changed),
    ("access.attempted.", _attempted),
    ("access.denied.", _denied),
    ("access.outdated.", _failed),
    ("audit.", _told),
    ("failed.", _failed),
)
