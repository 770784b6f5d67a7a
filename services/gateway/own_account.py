"""Routes of one's own account: password change and sign-out."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from services.gateway.admission import Caller
from services.gateway.context import Context
from services.gateway.http.response_models import PasswordChanged, SignedOutBody, Token
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from shared.events import PasswordSet, SetPassword, SignedOut, SignOut

routes = APIRouter(prefix="/api", tags=["people"], route_class=JsonRoute)
Name = Annotated[str, Path(max_length=100)]


class OwnPassword(RequestBody):
    """The current one proves that it is you; the new one has 12 characters or more and is not easily guessed."""

    current: str = Field(max_length=1024, repr=False)
    password: str = Field(max_length=1024, repr=False)


class NewPassword(RequestBody):
    """For somebody who has forgotten theirs."""

    password: str = Field(max_length=1024, repr=False)


class Where(RequestBody):
    """`everywhere`: all tokens of the account, not the one of this call alone."""

    everywhere: bool = False


@routes.post("/me/password", response_model=Token)
async def set_own_password(body: OwnPassword, request: Request, caller: Caller, context: Context) -> Response:
    """Another password for oneself. All earlier tokens are over; the reply is a new one."""
    source = request.client.host if request.client else ""
    given = SetPassword(credential=caller, current=body.current, password=body.password, source=source)
    done: PasswordSet = await context.bus.request(given, timeout=15)
    return json({"access_token": done.access_token, "token_type": "bearer", "expires_in": done.expires_in})


@routes.post("/users/{name}/password", response_model=PasswordChanged)
async def set_password(name: Name, body: NewPassword, caller: Caller, context: Context) -> Response:
    """Another password for somebody, by an administrator. All their earlier tokens are over."""
    given = SetPassword(credential=caller, username=name, password=body.password)
    done: PasswordSet = await context.bus.request(given, timeout=15)
    return json({"username": done.username})


@routes.post("/logout", response_model=SignedOutBody)
async def sign_out(body: Where, caller: Caller, context: Context) -> Response:
    """The token of this call counts no more; with `everywhere`, none of the account."""
    done: SignedOut = await context.bus.request(SignOut(credential=caller, everywhere=body.everywhere))
    return json({"signed_out": True, "username": done.username, "everywhere": body.everywhere})
