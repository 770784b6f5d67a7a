"""Routes of login, users, workspaces, grants and keys."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi import Body as Json
from pydantic import Field

from services.gateway.administration.rights_models import RIGHTS
from services.gateway.admission import Caller
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import LISTS, Me, Token
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from shared.errors import Refused
from shared.events import Create, Credential, Item, Items, Kind, List, Remove, SignedIn, SignIn

routes = APIRouter(prefix="/api", tags=["people"], route_class=JsonRoute)
MODELS = LISTS | RIGHTS
KINDS: dict[Kind, dict[str, Any]] = {
    "user": {"username": "alice", "password": "a long password", "groups": ["finance"], "roles": []},
    "workspace": {"name": "finance", "title": "财务 Finance"},
    "grant": {"workspace": "finance", "to": "group:finance", "actions": ["ask", "read"]},
    "key": {"name": "erp", "workspaces": ["finance"], "bus": False},
    "limit": {"to": "group:finance", "daily": 100, "opens": "08:00", "closes": "18:00", "zone": "Asia/Shanghai"},
    "topic": {"group": "finance", "allow": ["budget", "invoice", "预算"], "deny": []},
}


class Login(RequestBody):
    """The body of /api/login."""

    username: str = Field(max_length=100)
    password: str = Field(max_length=1024, repr=False)


@routes.post("/login", response_model=Token)
async def login(body: Login, request: Request, context: Context) -> Response:
    """A local account's name and password for a token."""
    source = request.client.host if request.client else ""
    given = SignIn(username=body.username, password=body.password, source=source)
    signed: SignedIn = await context.bus.request(given, timeout=15)
    return json(signed.model_dump())


@routes.get("/me", response_model=Me)
async def me(caller: Caller, context: Context) -> Response:
    """Who the caller is and what they may."""
    return json(await whoami(context, caller))


async def whoami(context: GatewayContext, caller: Credential) -> dict[str, Any]:
    """Who the caller is, as it is told."""
    items: Items = await context.bus.request(List(credential=caller, kind="me"))
    if not items.items:
        raise Refused("unauthenticated", "The credential is of no one. Sign in again.", 401)
    return items.items[0].fields


def _offer(kind: Kind, example: dict[str, Any]) -> None:
    """POST, GET and DELETE of one kind; auth checks the fields and the rights."""
    fields = Annotated[dict[str, Any], Json(openapi_examples={kind: {"value": example}})]

    @routes.post(f"/{kind}s", status_code=201, summary=f"Make a {kind}", name=f"make_{kind}")
    async def make(body: fields, caller: Caller, context: Context) -> Response:
        made: Item = await context.bus.request(Create(credential=caller, kind=kind, fields=body), timeout=15)
        return json(made.fields, 201)

    @routes.get(
        f"/{kind}s", summary=f"The {kind}s that the caller may see", name=f"list_{kind}s", response_model=MODELS[kind]
    )
    async def every(caller: Caller, context: Context) -> Response:
        items: Items = await context.bus.request(List(credential=caller, kind=kind))
        return json({f"{kind}s": [item.fields for item in items.items]})

    @routes.delete(f"/{kind}s/{{name}}", summary=f"Take a {kind} away", name=f"remove_{kind}")
    async def remove(name: Annotated[str, Path(max_length=200)], caller: Caller, context: Context) -> Response:
        removed: Item = await context.bus.request(Remove(credential=caller, kind=kind, name=name))
        return json(removed.fields)


for kind, example in KINDS.items():
    _offer(kind, example)
