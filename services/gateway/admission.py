"""Asks auth for a capability for each call."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Request

from services.gateway.audit.origin import KEY
from services.gateway.context import Context, GatewayContext
from services.gateway.sessions.cookies import SESSION, given
from services.gateway.sessions.credentials import guard, session_of
from shared.errors import Refused
from shared.events import Action, Admit, Admitted, Credential

MISSING = "No credential came with the call. Send `Authorization: Bearer <token or API key>`, or sign in in a browser."
ERRAND_SECONDS = 60
SPEAKS_FOR = ("x-cloister-user", "x-openwebui-user-email")


def bearer(request: Request) -> str:
    """The token of the Authorization header, or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def credential(token: str, user_id: str = "", request: Request | None = None) -> Credential:
    """A token, whom it claims to be and where it comes from, checked only for being there."""
    if not token or not token.isascii() or len(token) > 8192:
        raise Refused("unauthenticated", MISSING, 401)
    origin = request.headers.get("origin", "") if request else ""
    address = request.client.host if request and request.client else ""
    named = _named(request) if request and token.startswith(KEY) else {}
    return Credential(token=token, user_id=user_id, origin=origin, address=address, **named)


def _named(request: Request) -> dict[str, str]:
    """Whom a front end says it speaks for; auth decides whether it may."""
    named = next((request.headers[name] for name in SPEAKS_FOR if request.headers.get(name)), "")
    return {"speaks_for": named[:254], "on_behalf_of": request.headers.get("x-cloister-on-behalf-of", "")[:8192]}


async def presented(request: Request, context: Context) -> Credential:
    """The caller's credential; `Refused` (401) when there is none."""
    return await offered(request, context)


async def offered(request: Request, context: GatewayContext, token: str = "", user_id: str = "") -> Credential:
    """A token from the body or the header, or else what the browser's session stands for."""
    token = token or bearer(request)
    if not token and (session := await session_of(request, context.sessions)):
        guard(request, session)
        token = await context.session_tokens.access(given(request, SESSION), session)
    return credential(token, user_id, request)


Caller = Annotated[Credential, Depends(presented)]


async def admit(
    context: GatewayContext,
    caller: Credential,
    action: Action,
    workspace: str | None = None,
    workspaces: Sequence[str] = (),
    *,
    counted: bool = False,
) -> tuple[str, Admitted]:
    """A right for one errand with another service, and the id that it is bound to."""
    query = uuid4().hex
    until = datetime.now(UTC) + timedelta(seconds=ERRAND_SECONDS)
    wanted = {"workspace": workspace, "workspaces": tuple(workspaces), "action": action, "counted": counted}
    return query, await context.bus.request(Admit(query=query, credential=caller, expires_at=until, **wanted))
