"""GET, PATCH and DELETE /api/conversations: what one asked before, as far as it is still open."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field
from sqlalchemy import Row

from services.gateway.admission import Caller, admit
from services.gateway.audit.disclosures import show_queries
from services.gateway.audit.holds import require_no_hold
from services.gateway.context import Context
from services.gateway.history.adoption import adopt
from services.gateway.history.repository import titled
from services.gateway.history.turns import turns_of
from services.gateway.http.response_models import Conversation, ConversationDetail, ConversationList, Deleted
from services.gateway.http.responses import json
from services.gateway.http.schemas import LARGEST, JsonRoute, RequestBody
from shared.errors import Refused

routes = APIRouter(prefix="/api/conversations", tags=["conversations"], route_class=JsonRoute)
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


def gone() -> Refused:
    """A conversation that is not there, or not theirs."""
    return Refused("conversation_not_found", "There is no such conversation, or it is not yours. See the list.", 404)


class ConversationChange(RequestBody):
    """Another title, pinned or not."""

    title: str | None = Field(None, min_length=1, max_length=200)
    pinned: bool | None = None


@routes.get("", response_model=ConversationList)
async def listed(
    caller: Caller,
    context: Context,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
) -> Response:
    """The caller's conversations, pinned ones first, then the newest; `q` is looked for in titles and questions."""
    _, admitted = await admit(context, caller, "ask")
    page = await context.history.page(admitted.principal.id, q, limit, offset)
    if page.rows:
        await show_queries(context, admitted.principal, [row.conversation for row in page.rows], "conversations")
    told = [_row(row) | {"turns": row.turns} for row in page.rows]
    return json({"conversations": told, "total": page.total})


@routes.get("/{conversation}", response_model=ConversationDetail)
async def one(conversation: Id, caller: Caller, context: Context) -> Response:
    """Its turns, oldest first. An answer made from what is no longer open is `withheld`; `pending` are under way."""
    query, admitted = await admit(context, caller, "ask")
    whose = admitted.principal.id
    row = await context.history.find(whose, conversation)
    if row is None:
        raise gone()
    await adopt(context, await context.pending.of(whose, conversation))
    waiting = await context.pending.of(whose, conversation)
    turns = await turns_of(context, query, admitted, whose, conversation)
    known = {turn["query_id"] for turn in turns}  # answered between both looks
    pending = [{"query_id": call.query, "question": call.question} for call in waiting if call.query not in known]
    return json(_row(row) | {"turns": turns, "pending": pending})


@routes.patch("/{conversation}", response_model=Conversation)
async def change(conversation: Id, wanted: ConversationChange, caller: Caller, context: Context) -> Response:
    """Another title, or pinned: listed before the others."""
    _, admitted = await admit(context, caller, "ask")
    values = wanted.model_dump(exclude_none=True)
    if "title" in values:
        values["title"] = titled(values["title"].replace("\0", ""))
    if values and not await context.history.change(admitted.principal.id, conversation, **values):
        raise gone()
    row = await context.history.find(admitted.principal.id, conversation)
    if row is None:
        raise gone()
    return json(_row(row))


@routes.delete("/{conversation}", response_model=Deleted)
async def remove(conversation: Id, caller: Caller, context: Context) -> Response:
    """It and its answers; the audit log keeps that they were."""
    _, admitted = await admit(context, caller, "ask")
    await require_no_hold(context, admitted.principal.id)
    if not await context.history.remove(admitted.principal.id, conversation):
        raise gone()
    return json({"conversation": conversation})


def _row(row: Row[Any]) -> dict[str, Any]:
    about = {"conversation": row.conversation, "title": row.title, "pinned": row.pinned}
    return about | {"updated_at": _iso(row.updated_at)}


def _iso(at: datetime) -> str:
    return at.isoformat()
