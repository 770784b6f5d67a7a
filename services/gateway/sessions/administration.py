"""Routes of somebody's sessions: an administrator sees them and ends one or all; one's own may be seen, too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response

from services.gateway.admission import Caller
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import ResponseModel
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from services.gateway.sessions.cookies import SESSION, given
from services.gateway.sessions.repository import BrowserSession
from services.gateway.sessions.routes import end_sign_in
from shared.errors import Refused
from shared.events import Credential, SessionHolder, SessionsEnded, SessionsOf, SignOut
from shared.sql.utc import moment

routes = APIRouter(prefix="/api", tags=["people"], route_class=JsonRoute)
Name = Annotated[str, Path(max_length=100)]
Id = Annotated[str, Path(max_length=64)]
Company = Literal["ended", "unreachable", "none"]
GONE = "{0} has no such session, or not any more. See GET /api/users/{0}/sessions."
TIMES = ("created_at", "seen_at", "expires_at")


class UserSession(ResponseModel):
    """A browser in which somebody is signed in. `current` is the one that asks."""

    id: str
    way: Literal["password", "company"]
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    current: bool


class UserSessions(ResponseModel):
    """The newest first."""

    sessions: list[UserSession]


class SessionEnded(ResponseModel):
    """How many of whose sessions are over, and whether the company's sign-in is, too."""

    username: str
    ended: int
    company: Company


class SignedOutEverywhere(SessionEnded):
    """The sessions of browsers and, of a local account, all tokens."""

    signed_out: bool
    everywhere: bool


@routes.get("/users/{name}/sessions", response_model=UserSessions)
async def sessions(name: Name, request: Request, caller: Caller, context: Context) -> Response:
    """The browsers in which somebody is signed in. Programs with a token of theirs are not among them."""
    holder = await _holder(context, caller, name)
    cookie = given(request, SESSION)
    here = await context.sessions.find(cookie) if cookie else None
    found = await context.sessions.of(holder.principal)
    return json({"sessions": [_shown(one) | {"current": bool(here and one.id == here.id)} for one in found]})


@routes.delete("/users/{name}/sessions/{id}", response_model=SessionEnded)
async def end_one(name: Name, id: Id, caller: Caller, context: Context) -> Response:
    """End one of them, on record. Who comes with it hears that an administrator ended it, and when."""
    holder = await _holder(context, caller, name)
    found = [one for one in await context.sessions.of(holder.principal) if one.id == id]
    if not found:
        raise Refused("not_found", GONE.format(name), 404)
    await _end(context, holder, found, everywhere=False)
    if (session := found[0]).way == "company":
        company = await end_sign_in(context, session)
    else:
        company = "none"
        await context.bus.request(SignOut(credential=caller, username=name, token=session.tokens["access"]))
    return json({"username": name, "ended": 1, "company": company})


@routes.post("/users/{name}/logout", response_model=SignedOutEverywhere)
async def end_all(name: Name, caller: Caller, context: Context) -> Response:
    """Sign somebody out everywhere, by an administrator: all sessions, and of a local account all tokens."""
    holder = await _holder(context, caller, name)
    found = await context.sessions.of(holder.principal)
    await _end(context, holder, found, everywhere=True)
    if not holder.company:
        await context.bus.request(SignOut(credential=caller, username=name, everywhere=True))
    told = [await end_sign_in(context, one) for one in found if one.way == "company"]
    about = {"username": name, "ended": len(found), "company": _worst(told)}
    return json(about | {"signed_out": True, "everywhere": True})


async def _holder(context: GatewayContext, caller: Credential, name: str) -> SessionHolder:
    found: SessionHolder = await context.bus.request(SessionsOf(credential=caller, username=name))
    return found


async def _end(
    context: GatewayContext, holder: SessionHolder, found: Sequence[BrowserSession], *, everywhere: bool
) -> None:
    """On record before it is done."""
    await context.log.require()
    ids = tuple(one.id for one in found)
    told = SessionsEnded(about=holder.principal, by=holder.by, sessions=ids, everywhere=everywhere)
    await context.bus.publish(told)
    await context.sessions.end_by(holder.by, ids)


def _worst(told: Sequence[str]) -> str:
    return next((one for one in ("unreachable", "ended") if one in told), "none")


def _shown(one: BrowserSession) -> dict[str, Any]:
    times = {name: moment(getattr(one, name)) for name in TIMES}
    about = {name: at.isoformat() for name, at in times.items() if at}
    return about | {"id": one.id, "way": one.way, "address": one.address, "agent": one.agent}
