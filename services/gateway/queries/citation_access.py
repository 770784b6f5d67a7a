"""Checks that a reader may still see everything that an old answer was made from."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.gateway.context import GatewayContext
from shared.errors import Refused, Unavailable
from shared.events import Admit, Admitted, Credential, MayRead, MayReadRows, QueryAnswered, Readable

ERRAND_SECONDS = 30


def gone() -> Refused:
    """A query that is not there, not theirs, or closed by now."""
    return Refused("query_not_found", "There is no such query, or it is not yours, or not any more. Ask again.", 404)


def cited(answer: QueryAnswered) -> set[str]:
    """The documents behind an answer."""
    return {citation.document_id for citation in answer.citations if citation.document_id}


async def still_open(context: GatewayContext, bound: str, admitted: Admitted, ids: Collection[str]) -> set[str]:
    """Of these documents, those that are there and open; `bound` is the query that the right is bound to."""
    rows = {one for one in ids if one.startswith("data:")}
    found: set[str] = set()
    for kind, wanted in ((MayRead, set(ids) - rows), (MayReadRows, rows)):
        if wanted:
            asked = kind(capability=admitted.capability, query=bound, document_ids=tuple(sorted(wanted)))
            readable: Readable = await context.bus.request(asked)
            found |= set(readable.document_ids)
    return found


async def readable(context: GatewayContext, answer: QueryAnswered, bound: str, admitted: Admitted) -> bool:
    """May this caller read the old answer: theirs, and everything it was made from still open to them?"""
    return answer.principal == admitted.principal.id and await _all_open(context, answer, bound, admitted)


async def readable_by(context: GatewayContext, answer: QueryAnswered, client: str) -> bool:
    """The same for a business system on the bus, by its own rights, also where it once spoke for a person."""
    if not answer.made_from:
        return True
    bound, until = uuid4().hex, datetime.now(UTC) + timedelta(seconds=ERRAND_SECONDS)
    wanted = Admit(query=bound, credential=Credential(client=client), action="ask", expires_at=until)
    try:
        return await _all_open(context, answer, bound, await context.bus.request(wanted))
    except Unavailable:
        raise
    except Refused:
        return False


async def _all_open(context: GatewayContext, answer: QueryAnswered, bound: str, admitted: Admitted) -> bool:
    used = {source.workspace for source in answer.made_from}
    inside = used <= set(admitted.workspaces) and used & set(admitted.summarised) <= set(answer.summarised)
    documents = {source.document_id for source in answer.made_from}
    return inside and documents <= await still_open(context, bound, admitted, documents)
