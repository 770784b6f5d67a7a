"""Routes of sessions for local accounts: sign in, list, end."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.administration.accounts import Login
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from services.gateway.sessions.cookies import SESSION, drop, put
from services.gateway.sessions.credentials import ended, guard, same_site, session_of
from services.gateway.sessions.repository import BrowserSession
from shared.errors import Refused
from shared.events import Credential, EndSignIn, Items, List, ListSignInWays, SignedIn, SignIn, SignInWays, SignOut

routes = APIRouter(prefix="/auth", tags=["browser"], route_class=JsonRoute)
GONE = "There is no such session of yours. See GET /auth/sessions."


@routes.post("/login")
async def sign_in(body: Login, request: Request, context: Context) -> Response:
    """A local account's name and password for a session; the reply is GET /auth/session's, with the cookie."""
    same_site(request)
    source = request.client.host if request.client else ""
    given = SignIn(username=body.username, password=body.password, source=source)
    signed: SignedIn = await context.bus.request(given, timeout=15)
    tokens = {"access": signed.access_token}
    me = await _me(context, signed.access_token)
    cookie, session = await context.sessions.begin(
        me["id"], "password", tokens, signed.expires_in, agent=request.headers.get("user-agent", ""), address=source
    )
    reply = json(await _shown(context, session, me))
    put(reply, SESSION, cookie, signed.expires_in)
    return reply


@routes.get("/session")
async def session(request: Request, context: Context) -> Response:
    """Who is signed in here, the `csrf` for changes and when it ends; else how one may sign in.

    `ended` says once who ended the session that this browser had.
    """
    try:
        found = await session_of(request, context.sessions)
    except Refused as refused:
        why = {"ended": {"error": refused.error, "reason": refused.reason}}
        reply = json({"signed_in": False} | why | await _ways(context))
        drop(reply, SESSION)
        return reply
    if found is None:
        return json({"signed_in": False} | await _ways(context))
    try:
        token = await context.session_tokens.access(request.cookies[SESSION], found)
        me = await _me(context, token)
    except Refused as refused:
        if refused.status != 401:
            raise
        await context.sessions.end(id=found.id)
        reply = json({"signed_in": False} | await _ways(context))
        drop(reply, SESSION)
        return reply
    return json(await _shown(context, found, me))


@routes.post("/logout")
async def sign_out(request: Request, context: Context) -> Response:
    """End this session, and the sign-in at Keycloak that it is of."""
    found = await _mine(request, context)
    await context.sessions.end(id=found.id)
    reply = json({"signed_out": True, "company": await end_sign_in(context, found)})
    drop(reply, SESSION)
    return reply


@routes.get("/sessions")
async def sessions(request: Request, context: Context) -> Response:
    """The browsers in which one is signed in, newest first."""
    mine = await _mine(request, context)
    return json({"sessions": [_listed(each, mine) for each in await context.sessions.of(mine.principal)]})


@routes.delete("/sessions")
async def sign_out_everywhere(request: Request, context: Context) -> Response:
    """End all of one's sessions, this one included, and the tokens of a local account."""
    mine = await _mine(request, context)
    over = await context.sessions.end(principal=mine.principal)
    if mine.way == "password":  # also those that were signed in without a browser
        await context.bus.request(SignOut(credential=Credential(token=mine.tokens["access"]), everywhere=True))
    await asyncio.gather(*(end_sign_in(context, each) for each in over))
    reply = json({"ended": len(over)})
    drop(reply, SESSION)
    return reply


@routes.delete("/sessions/{id}")
async def end_one(id: str, request: Request, context: Context) -> Response:
    """End one of one's sessions."""
    mine = await _mine(request, context)
    over = await context.sessions.end(id=id, principal=mine.principal)
    if not over:
        raise Refused("not_found", GONE, 404)
    await end_sign_in(context, over[0])
    reply = json({"ended": 1})
    if id == mine.id:
        drop(reply, SESSION)
    return reply


async def _mine(request: Request, context: GatewayContext) -> BrowserSession:
    found = await session_of(request, context.sessions)
    if found is None:
        raise ended()
    guard(request, found)
    return found


async def _me(context: GatewayContext, token: str) -> dict[str, Any]:
    items: Items = await context.bus.request(List(credential=Credential(token=token), kind="me"))
    return items.items[0].fields


async def _ways(context: GatewayContext) -> dict[str, Any]:
    """`ways` to sign in, and the company's `issuer` for who signs in without a browser."""
    found: SignInWays = await context.bus.request(ListSignInWays())
    return {"ways": ["company", "password"], "issuer": found.issuer} if found.company else {"ways": ["password"]}


async def _shown(context: GatewayContext, session: BrowserSession, me: dict[str, Any]) -> dict[str, Any]:
    about = {"id": session.id, "way": session.way, "csrf": session.csrf, "expires_at": session.expires_at}
    return {"signed_in": True, "session": about, "me": me} | await _ways(context)


def _listed(each: BrowserSession, mine: BrowserSession) -> dict[str, Any]:
    names = ("id", "way", "created_at", "seen_at", "expires_at", "agent", "address")
    return {name: getattr(each, name) for name in names} | {"current": each.id == mine.id}


async def end_sign_in(context: GatewayContext, session: BrowserSession) -> str:
    """Its token ends, too. Of Keycloak: `ended`, or `unreachable`, and then it ends there by itself; else `none`."""
    company = session.way == "company"
    try:
        if company:
            about = {"refresh_token": session.tokens["refresh"], "session": session.issuer_session}
            await context.bus.request(EndSignIn.model_validate(about), timeout=8)
        else:
            await context.bus.request(SignOut(credential=Credential(token=session.tokens["access"])))
    except Refused as refused:
        if refused.status != 401:  # that one is over already
            return "unreachable" if company else "none"
    return "ended" if company else "none"
