"""Share a conversation with a colleague, and read what colleagues share: only what one's own rights cover."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlalchemy import Row

from services.gateway.admission import Caller, admit
from services.gateway.audit.disclosures import show_queries
from services.gateway.context import Context, GatewayContext
from services.gateway.history.routes import Id, gone
from services.gateway.history.turns import turns_of
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from services.gateway.sharing.models import Share, SharedDetail, SharedList, ShareList, Unshared
from shared.errors import Refused
from shared.events import ConversationShared, Recognise, Unknown

routes = APIRouter(prefix="/api", tags=["conversations"], route_class=JsonRoute)
Person = Annotated[str, Path(pattern=r"^person:[^\x00-\x1f/]{1,100}$")]
NOBODY = "Nobody is called {0!r} here. Check the spelling: a user name such as bob, or person:bob."
ONESELF = "This conversation is your own already. Name a colleague in `to`."
NOT_SHARED = ("not_found", "The conversation is not shared with this person. See its shares.", 404)


class Colleague(RequestBody):
    """Whom, by their user name: `bob` or `person:bob`."""

    to: str = Field(min_length=1, max_length=100, pattern=r"^(person:)?[^\x00-\x1f/:]+$")


@routes.get("/conversations/{conversation}/shares", response_model=ShareList)
async def listed(conversation: Id, caller: Caller, context: Context) -> Response:
    """With whom the caller shares one of their conversations."""
    _, admitted = await admit(context, caller, "ask")
    await _owned(context, admitted.principal.id, conversation)
    rows = await context.shared.readers(admitted.principal.id, conversation)
    return json({"shares": [{"to": row.reader, "at": row.at.isoformat()} for row in rows]})


@routes.post("/conversations/{conversation}/shares", status_code=201, response_model=Share)
async def share(conversation: Id, body: Colleague, caller: Caller, context: Context) -> Response:
    """A colleague may read it, also what is asked later; answers from what they may not read are withheld from them."""
    _, admitted = await admit(context, caller, "ask")
    owner, to = admitted.principal.id, f"person:{body.to.removeprefix('person:')}"
    await _owned(context, owner, conversation)
    if to == owner:
        raise Refused("invalid", ONESELF, 422)
    found: Unknown = await context.bus.request(Recognise(credential=caller, names=(to,)))
    if found.names:
        raise Refused("person_not_found", NOBODY.format(body.to), 404)
    await _record(context, owner, conversation, to, "share")
    await context.shared.give(owner, conversation, to)
    (row,) = [one for one in await context.shared.readers(owner, conversation) if one.reader == to]
    return json({"to": to, "at": row.at.isoformat()}, 201)


@routes.delete("/conversations/{conversation}/shares/{to}", response_model=Unshared)
async def unshare(conversation: Id, to: Person, caller: Caller, context: Context) -> Response:
    """They cannot read it any more, from now on."""
    _, admitted = await admit(context, caller, "ask")
    await _owned(context, admitted.principal.id, conversation)
    if not await context.shared.take(admitted.principal.id, conversation, to):
        raise Refused(*NOT_SHARED)
    await _record(context, admitted.principal.id, conversation, to, "revoke")
    return json({"conversation": conversation, "to": to})


@routes.get("/shared", response_model=SharedList)
async def given(caller: Caller, context: Context) -> Response:
    """Colleagues' conversations that are shared with the caller."""
    _, admitted = await admit(context, caller, "ask")
    rows = await context.shared.given_to(admitted.principal.id)
    if rows:
        await show_queries(context, admitted.principal, [row.conversation for row in rows], "conversations")
    return json({"conversations": [_row(row) for row in rows]})


@routes.get("/shared/{owner}/{conversation}", response_model=SharedDetail)
async def read(owner: Person, conversation: Id, caller: Caller, context: Context) -> Response:
    """A colleague's conversation as far as the caller's own rights cover what its answers were made from."""
    query, admitted = await admit(context, caller, "ask")
    row = await context.shared.find(owner, conversation, admitted.principal.id)
    if row is None:
        raise gone()
    turns = await turns_of(context, query, admitted, owner, conversation)
    return json(_row(row) | {"turns": turns})


@routes.delete("/shared/{owner}/{conversation}", response_model=Unshared)
async def leave(owner: Person, conversation: Id, caller: Caller, context: Context) -> Response:
    """The caller does not want to see it any more."""
    _, admitted = await admit(context, caller, "ask")
    if not await context.shared.take(owner, conversation, admitted.principal.id):
        raise gone()
    return json({"conversation": conversation, "to": admitted.principal.id})


async def _owned(context: GatewayContext, principal: str, conversation: str) -> None:
    if await context.history.find(principal, conversation) is None:
        raise gone()


async def _record(context: GatewayContext, by: str, conversation: str, to: str, act: Any) -> None:
    """On record before anybody can read it."""
    await context.log.require()
    await context.bus.publish(ConversationShared(about=conversation, by=by, to=to, act=act))


def _row(row: Row[Any]) -> dict[str, Any]:
    about = {"owner": row.principal, "conversation": row.conversation, "title": row.title}
    return about | {"updated_at": row.updated_at.isoformat()}
