"""Content-free facts of each kind of event: ids, numbers and outcomes."""

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from services.audit.injection import signs
from services.audit.redaction import Redactor

Body = Mapping[str, Any]
FREE = {"detail", "filter", "reason", "target", "outcome", "model", "note"}  # may hold words of people
MOST = 50  # passages or citations that are named one by one


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


def chunks(passages: Iterable[Body] | None) -> list[str]:
    """`document:revision:chunk` of each, the first ones; what lies beyond is counted as `+n`."""
    every = [f"{p.get('document_id')}:{p.get('revision')}:{p.get('chunk', p.get('page'))}" for p in passages or ()]
    return every[:MOST] + ([f"+{len(every) - MOST}"] if len(every) > MOST else [])


def _asked(body: Body) -> dict[str, Any]:
    claims = _claims(body)
    return _only(
        body, "workspace", "workspaces", "lane", "model", "max_tokens", "temperature", "expires_at", "plain"
    ) | {
        "client": body.get("client"),
        "question_size": len(str(body.get("question", ""))),
        "instructions_size": len(str(body.get("instructions") or "")),
        "purpose": "helper" if body.get("purpose") == "helper" else "",
        "injection_signs": signs(str(body.get("question", ""))),
        "grants": claims.get("grants"),
        "behalf": claims.get("through"),
        "history_turns": len(body.get("history") or ()),
        "roles": (body.get("principal") or {}).get("roles"),
        "department": (body.get("principal") or {}).get("department"),
    }


def _claims(body: Body) -> dict[str, Any]:
    """What the signed right says; whoever uses it checks its signature, here it is told."""
    middle = str(body.get("capability", "")).split(".")
    if len(middle) != 3:
        return {}
    try:
        found = orjson.loads(base64.urlsafe_b64decode(middle[1] + "=" * (-len(middle[1]) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _grounded(body: Body) -> dict[str, Any]:
    return {"passages": chunks(body.get("passages")), "workspaces": _workspaces(body)}


def _planned(body: Body) -> dict[str, Any]:
    """How many queries of which model; their words are content."""
    plan = body.get("plan") or {}
    counted = {name: len(plan.get(name) or ()) for name in ("queries", "other", "docs")}
    kind = plan.get("kind") if plan.get("kind") in ("documents", "data", "none") else ""
    return counted | {"kind": kind, "refers": bool(plan.get("about"))} | _only(body, "model", "seconds", "known")


def _searched(body: Body) -> dict[str, Any]:
    return _grounded(body) | {"question_size": len(str(body.get("question", "")))}


def _answered(body: Body) -> dict[str, Any]:
    said = _only(
        body,
        "client",
        "model",
        "model_digest",
        "settings",
        "prompt",
        "usage",
        "finish",
        "reason",
        "status",
        "attempt",
        "answered_at",
    )
    return said | {
        "answer_size": len(body.get("answer") or ""),
        "citations": chunks(body.get("citations")),
        "quoted_size": _quoted(body),
    }


def _quoted(body: Body) -> int:
    """Characters of documents that the answer quotes word by word."""
    return sum(len(str(citation.get("quote", ""))) for citation in body.get("citations") or ())


def _document(body: Body) -> dict[str, Any]:
    found = _only(
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
    return _only(body, "act", "target", "detail")


def _attempted(body: Body) -> dict[str, Any]:
    return _only(body, "outcome", "reason")


def _denied(body: Body) -> dict[str, Any]:
    return _only(body, "workspace", "workspaces", "action", "reason")


def _failed(body: Body) -> dict[str, Any]:
    return _only(body, "service", "event", "reason", "status", "attempts", "client")


def _told(body: Body) -> dict[str, Any]:
    return _only(
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
    )


def _workspaces(body: Body) -> list[str]:
    return sorted({str(p.get("workspace")) for p in body.get("passages") or ()})


def _only(body: Body, *names: str) -> dict[str, Any]:
    return {name: body[name] for name in names if body.get(name) not in (None, "", [], {}, ())}


KINDS: tuple[tuple[str, Callable[[Body], dict[str, Any]]], ...] = (
    ("query.asked.", _asked),
    ("query.planned.", _planned),
    ("query.grounded.", _grounded),
    ("query.searched.", _searched),
    ("query.", _told),
    ("answer.", _answered),
    ("document.", _document),
    ("access.changed.", _changed),
    ("access.attempted.", _attempted),
    ("access.denied.", _denied),
    ("access.outdated.", _failed),
    ("audit.", _told),
    ("failed.", _failed),
)
