"""Renders answers and passages as JSON."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response

from shared.errors import Refused
from shared.events import Citation, Passage, Place, QueryAnswered, QueryStreamed, RowSet, inert, one_line

CANCELLED = "The question was cancelled before its answer was complete. Ask again."


def reply_body(answer: QueryAnswered, newest: Mapping[str, int] | None = None) -> dict[str, Any]:
    """What /api/chat replies; for an old answer `newest` are the revisions that are found now, by document."""
    return {
        "answer": answer.answer,
        "query_id": answer.query,
        "citations": [citation_body(citation, newest) for citation in answer.citations],
        "model": answer.model,
        "usage": answer.usage.model_dump(),
        "unfounded": list(answer.unfounded),
    }


def citation_body(citation: Citation, newest: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Where an `[n]` comes from; `superseded` when the revision `newest` is found in its place by now."""
    body = citation.model_dump(include={"n", "document_id", "revision", "title", "page", "heading", "quote", "used"})
    body |= {name: inert(body[name]) for name in ("title", "heading", "quote")}  # older answers were stored as written
    if citation.data:
        body |= {"data": row_set_body(citation.data)}
    latest = max((newest or {}).get(citation.document_id, 0), citation.revision)
    return body | {"superseded": latest > citation.revision, "newest": latest}


def row_set_body(rows: RowSet) -> dict[str, Any]:
    """Rows of a business source with the query, its time and source: what opens as a table."""
    return rows.model_dump(mode="json", exclude={"rights", "answer"})


def passage_body(passage: Passage) -> dict[str, Any]:
    """A passage as /api/search gives it; the heading path becomes one line, as in citations."""
    body = passage.model_dump(include={"document_id", "revision", "title", "page", "text", "score", "legs"})
    body |= {name: inert(body[name]) for name in ("title", "text")}
    return body | {"heading": inert(one_line(" › ".join(passage.heading)))}


def place_body(place: Place) -> dict[str, Any]:
    """A title or a heading as it was found."""
    return place.model_dump() | {name: inert(getattr(place, name)) for name in ("title", "heading")}


def progress_body(event: QueryStreamed) -> dict[str, Any]:
    """The stage, the place in the queue from 1, the expected wait, and what a model planned to search for."""
    told = {"stage": event.stage, "position": event.position, "wait_seconds": event.wait_seconds}
    return told | ({"searches": event.searches} if event.searches else {})


def error_body(answer: QueryAnswered) -> dict[str, Any] | None:
    """Why there is no answer, if there is none."""
    refused = refused_by(answer)
    return refused.body if refused else None


def refused_by(answer: QueryAnswered) -> Refused | None:
    """The same as an error."""
    if answer.error is not None:
        status = answer.status if answer.status >= 400 else 500
        return Refused(answer.reason or "failed", answer.error, status, values=answer.values)
    return Refused("cancelled", CANCELLED, 409) if answer.finish == "cancelled" else None


def json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON by the quick way."""
    return Response(orjson.dumps(body), status, headers, "application/json")
