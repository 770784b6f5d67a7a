"""The turns of a conversation, as far as who reads them may see what their answers were made from."""

from typing import Any

import orjson
from sqlalchemy import Row

from services.gateway.audit.disclosures import show_queries
from services.gateway.context import GatewayContext
from services.gateway.http.responses import citation_body
from services.gateway.queries.citation_access import still_open
from services.gateway.queries.conversations import inside
from services.gateway.queries.superseded import newest_of
from shared.events import Admitted, Citation

SENT_ALONG = "data:request:"  # what came with a question belongs to who asked it


async def turns_of(
    context: GatewayContext, query: str, reader: Admitted, owner: str, conversation: str
) -> list[dict[str, Any]]:
    """Oldest first, recorded before; `withheld` are answers that the reader's rights do not cover now."""
    rows = await context.history.turns(owner, conversation)
    sources = {row.query: set(orjson.loads(row.documents)) for row in rows}
    opened = await still_open(context, query, reader, set[str]().union(*sources.values()))
    if owner != reader.principal.id:
        opened = {one for one in opened if not one.startswith(SENT_ALONG)}
    newest = await newest_of(context, query, reader, opened)
    opinions = await context.opinions.of(reader.principal.id, list(sources))
    told = []
    for row in rows:
        withheld = not (inside(row, reader) and sources[row.query] <= opened)
        told.append(_turn(row, withheld, newest) | {"useful": opinions.get(row.query)})
    if told:
        await show_queries(context, reader.principal, sources, "conversation", _cited(told))
    return told


def _cited(turns: list[dict[str, Any]]) -> list[str]:
    """`document:revision` of each citation that is shown."""
    return sorted({f"{c['document_id']}:{c['revision']}" for turn in turns for c in turn["citations"]})


def _turn(row: Row[Any], withheld: bool, newest: dict[str, int]) -> dict[str, Any]:
    about = {"query_id": row.query, "question": row.question, "finish": row.finish, "error": row.error or None}
    about |= {"asked_at": row.at.isoformat(), "withheld": withheld}
    if withheld:
        return about | {"answer": None, "citations": []}
    shown = [Citation.model_validate(citation) for citation in orjson.loads(row.citations)]
    return about | {"answer": row.answer, "citations": [citation_body(one, newest) for one in shown]}
