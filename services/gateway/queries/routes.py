"""`GET` and `DELETE /api/queries/{id}`: state, events and cancellation."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response

from services.gateway.admission import Caller, admit
from services.gateway.audit.disclosures import show_answer
from services.gateway.context import Context, GatewayContext
from services.gateway.history.adoption import adopt
from services.gateway.http.response_models import QueryState
from services.gateway.http.responses import error_body, json, reply_body
from services.gateway.http.sse import stream
from services.gateway.queries.answers import cancel, recall
from services.gateway.queries.citation_access import gone, readable
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.queries.stream_reader import StreamReader
from services.gateway.queries.submission import ended
from services.gateway.queries.superseded import marked
from shared.events import Admitted, Credential, Locate, Located, QueryAnswered

routes = APIRouter(prefix="/api/queries", tags=["queries"])
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Place = Annotated[str, Header(alias="Last-Event-ID", max_length=40)]


@routes.get("/{query}", response_model=QueryState)
async def state(query: Id, caller: Caller, context: Context) -> Response:
    """The state, the place in the queue (from 1) and the expected wait in seconds; the answer, once it is there."""
    call = await seen(context, caller, query)
    if call.answer:
        return json(_body(call.answer, call.newest))
    located: Located = await context.bus.request(Locate(query=query))
    sources = [source.model_dump() for source in call.sources]
    about = {"query_id": query, "state": _stage(call, located), "sources": sources}
    return json(about | located.model_dump(exclude={"stage"}))


@routes.get("/{query}/events")
async def events(query: Id, caller: Caller, context: Context, last_event_id: Place = "") -> Response:
    """The same as server-sent events. `Last-Event-ID` goes on after the last character that was received."""
    call = await seen(context, caller, query)
    return stream(StreamReader(call, last_event_id, context.settings.heartbeat_seconds), query)


@routes.delete("/{query}", status_code=202)
async def call_off(query: Id, caller: Caller, context: Context) -> Response:
    """Cancel: what is written so far is kept, an answered question stays answered."""
    call = await seen(context, caller, query)
    if call.answer:
        return json(_body(call.answer, call.newest))
    await cancel(context, call)
    return json({"query_id": query, "state": "cancelled"}, 202)


async def seen(context: GatewayContext, caller: Credential, query: str) -> PendingQuery:
    """The caller's call, for showing: that an answer is read once more is recorded before."""
    bound, admitted = await admit(context, caller, "ask")
    call = await _mine(context, query, bound, admitted)
    if call.answer:
        await show_answer(context, admitted.principal, call.answer)
    return call


NEVER = "0" * 32  # the id of no query


async def mine(context: GatewayContext, caller: Credential, query: str) -> PendingQuery:
    """The caller's call; a stranger's, a lost right's and one that never was look the same."""
    return await _mine(context, query, *await admit(context, caller, "ask"))


async def _mine(context: GatewayContext, query: str, bound: str, admitted: Admitted) -> PendingQuery:
    who = admitted.principal.id
    call = context.waiting.find(query)
    # A query that never was is looked for in the tables and on the bus: a stranger's takes as long.
    if call is None or call.principal != who:
        await adopt(context, await context.pending.find(who, query))
        call = context.waiting.find(query)
    if call is None:
        call = await _stored(context, query, admitted)
    elif call.principal != who:
        await recall(context, "gateway", NEVER)
    if call.principal != who:
        raise gone()
    if call.answer and not await readable(context, call.answer, bound, admitted):
        raise gone()
    return await marked(context, call, bound, admitted)


async def _stored(context: GatewayContext, query: str, admitted: Admitted) -> PendingQuery:
    kind, _, name = admitted.principal.id.partition(":")
    for client in ["gateway", name] if kind == "app" else ["gateway"]:
        if answer := await recall(context, client, query):
            return ended(answer)
    raise gone()


def _stage(call: PendingQuery, located: Located) -> str:
    if call.cancelled_at:
        return "cancelled"
    if located.stage != "unknown":
        return located.stage
    return (call.progress.stage if call.progress else None) or "asked"


def _body(answer: QueryAnswered, newest: dict[str, int] | None) -> dict[str, Any]:
    if refusal := error_body(answer):
        state = "cancelled" if refusal["reason"] == "cancelled" else "failed"
        return {"query_id": answer.query, "state": state} | refusal
    return {"state": "answered"} | reply_body(answer, newest)
