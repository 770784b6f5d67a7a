"""Reads a plan from what a model has written so far; whatever is not a plan is left out."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json

from services.inference.planning.prompt import ABOUT, DOCS, KIND, KINDS, NAME, OTHER, QUERIES, QUERY, TERM
from shared.events import DocumentHint, SearchPlan, inert, one_line

THOUGHT = "</think>"


def plan_of(text: str) -> SearchPlan | None:
    """The plan, also of JSON that breaks off; None when it holds no query."""
    text = text.rpartition(THOUGHT)[2]
    begin = text.find("{")
    try:
        found = from_json(text[begin:], allow_partial=True) if begin >= 0 else {}
    except ValueError:
        return None
    queries = _texts(found.get("queries"), QUERIES, QUERY) if isinstance(found, dict) else ()
    if not queries:
        return None
    return SearchPlan(
        queries=queries,
        other=_texts(found.get("other"), OTHER, TERM),
        about=_text(found.get("about"), ABOUT),
        docs=_docs(found.get("docs")),
        kind=kind if (kind := found.get("kind")) in KINDS else "documents",
    )


def _docs(found: Any) -> tuple[DocumentHint, ...]:
    some = [_hint(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return tuple(hint for hint in some if hint.name or hint.year)[:DOCS]


def _hint(given: dict[str, Any]) -> DocumentHint:
    name, kind = _text(given.get("name"), NAME), _text(given.get("kind"), KIND)
    return DocumentHint(name=name, year=_year(given.get("year")), kind=kind)


def _texts(found: Any, most: int, length: int) -> tuple[str, ...]:
    some: Sequence[Any] = found if isinstance(found, list) else ()
    return tuple(dict.fromkeys(text for one in some if len(text := _text(one, length)) > 1))[:most]


def _text(found: Any, length: int) -> str:
    """One line without what could be shown as something else: it is told to who asks."""
    return inert(one_line(found))[:length].strip() if isinstance(found, str) else ""


def _year(found: Any) -> int | None:
    return found if isinstance(found, int) and 1900 <= found < 2200 else None
