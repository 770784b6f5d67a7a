"""Content-free facts of questions and answers."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from services.audit.injection import signs

Body = Mapping[str, Any]
MOST = 50  # passages or citations that are named one by one


def asked(body: Body) -> dict[str, Any]:
    """Where, with what, by which grants; of the question only its size and signs."""
    claims = _claims(body)
    return only(
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


def planned(body: Body) -> dict[str, Any]:
    """How many queries of which model; their words are content."""
    plan = body.get("plan") or {}
    counted = {name: len(plan.get(name) or ()) for name in ("queries", "other", "docs")}
    return counted | {"refers": bool(plan.get("about"))} | only(plan, "kind") | only(body, "model", "seconds", "known")


def searched(body: Body) -> dict[str, Any]:
    """A search for passages alone."""
    return grounded(body) | {"question_size": len(str(body.get("question", "")))}


def grounded(body: Body) -> dict[str, Any]:
    """The passages that were found."""
    found = {"passages": chunks(body.get("passages")), "workspaces": _workspaces(body)}
    return found | ({"plain": True} if body.get("plain") else {})


def _workspaces(body: Body) -> list[str]:
    return sorted({str(p.get("workspace")) for p in body.get("passages") or ()})


def answered(body: Body) -> dict[str, Any]:
    """What answered how, and which passages are cited."""
    said = only(
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


def chunks(passages: Iterable[Body] | None) -> list[str]:
    """`document:revision:chunk` of each, the first ones; what lies beyond is counted as `+n`."""
    every = [f"{p.get('document_id')}:{p.get('revision')}:{p.get('chunk', p.get('page'))}" for p in passages or ()]
    return every[:MOST] + ([f"+{len(every) - MOST}"] if len(every) > MOST else [])


def only(body: Body, *names: str) -> dict[str, Any]:
    """Those of these fields that say something."""
    return {name: body[name] for name in names if body.get(name) not in (None, "", [], {}, ())}
