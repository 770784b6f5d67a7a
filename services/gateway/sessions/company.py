"""Sign-in through Keycloak, and its back-channel logout."""

import hmac
import logging
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.sessions.cookies import SESSION, SIGN_IN, drop, given, put
from services.gateway.sessions.credentials import kept
from shared.errors import Refused
from shared.events import BeginSignIn, CompleteSignIn, EndedElsewhere, SignInBegun, SignInEnded, SignInTokens
from shared.settings import settings

log = logging.getLogger(__name__)
routes = APIRouter(prefix="/auth", tags=["browser"])
UNDER_WAY_SECONDS = 600
STALE = "The sign-in took too long, or began in another browser. Sign in again."


@routes.get("/login")
async def leave(request: Request, context: Context, next: str = "/") -> Response:
    """To Keycloak's sign-in page, and from there back to `next`, a path of this site."""
    begun: SignInBegun = await context.bus.request(BeginSignIn(redirect_uri=_back(request)))
    memory = begun.model_dump(exclude={"url"}) | {"next": _path(next)}
    reply = RedirectResponse(begun.url, 303, headers={"Cache-Control": "no-store"})
    put(reply, SIGN_IN, context.sessions.sealer.seal(memory), UNDER_WAY_SECONDS)
    return reply


@routes.get("/callback")
async def come_back(
    request: Request, context: Context, code: str = "", state: str = "", error: str = "", error_description: str = ""
) -> Response:
    """From Keycloak's page: a session and on to `next`; with `/?sign_in=<reason>` when there is none."""
    memory = context.sessions.sealer.unseal(given(request, SIGN_IN), UNDER_WAY_SECONDS) or {}
    try:
        if error:
            raise Refused("sign_in_over", f"Keycloak says: {error_description or error}", 401)
        if not code or not hmac.compare_digest(state.encode(), str(memory.get("state", "")).encode()) or not state:
            raise Refused("sign_in_over", STALE, 401)
        reply = await _admitted(request, context, code, memory)
    except Refused as refused:
        log.warning("a sign-in with the company's account failed: %s", refused.error)
        reply = RedirectResponse(f"/?{urlencode({'sign_in': refused.reason})}", 303)
    drop(reply, SIGN_IN)
    reply.headers["Cache-Control"] = "no-store"
    return reply


@routes.post("/backchannel-logout")
async def hear_of_logout(context: Context, logout_token: Annotated[str, Form(max_length=8192)]) -> Response:
    """Keycloak's word, signed, that somebody signed out elsewhere or was signed out: their sessions end here."""
    over: SignInEnded = await context.bus.request(EndedElsewhere(logout_token=logout_token))
    named = {"issuer_session": over.session} if over.session else {"principal": over.principal}
    if any(named.values()):
        await context.sessions.end(**named, way="company")
    return json({}, headers={"Cache-Control": "no-store"})


async def _admitted(request: Request, context: GatewayContext, code: str, memory: dict[str, Any]) -> Response:
    source = request.client.host if request.client else ""
    asked = CompleteSignIn(
        redirect_uri=_back(request),
        code=code[:4096],
        nonce=memory["nonce"],
        verifier=memory["verifier"],
        source=source,
    )
    found: SignInTokens = await context.bus.request(asked, timeout=10)
    cookie, _ = await context.sessions.begin(
        found.principal,
        "company",
        kept(found),
        found.refresh_expires_in,
        issuer_session=found.session,
        agent=request.headers.get("user-agent", ""),
        address=source,
    )
    reply = RedirectResponse(memory["next"], 303)
    put(reply, SESSION, cookie, found.refresh_expires_in)
    return reply


def _back(request: Request) -> str:
    """Where Keycloak sends the browser: it accepts what the realm lists, and nothing else."""
    return f"{settings().public_url.rstrip('/') or str(request.base_url).rstrip('/')}/auth/callback"


def _path(wanted: str) -> str:
    """A path of this site; anything that could lead elsewhere becomes the first page."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if plain and "\\" not in wanted and len(wanted) <= 1000 else "/"
