"""Routes for acts on users, keys and roles, and for "why may somebody"."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi import Body as Json

from services.gateway.administration.rights_models import (
    Applied,
    GrantWhy,
    Lifted,
    Locked,
    Member,
    Offboarded,
    Roles,
    Rotated,
)
from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute
from shared.events import Act, Credential, Describe, DocumentStates, Explain, Explained, Item, Items, List, Perform

routes = APIRouter(prefix="/api", tags=["people"], route_class=JsonRoute)
Name = Annotated[str, Path(max_length=200)]
Fields = Annotated[dict[str, Any], Json(default_factory=dict)]


async def _perform(
    context: GatewayContext, caller: Credential, act: Act, name: str, fields: dict[str, Any]
) -> dict[str, Any]:
    done: Item = await context.bus.request(Perform(credential=caller, act=act, name=name, fields=fields), timeout=15)
    return done.fields


@routes.patch("/users/{name}", response_model=Member)
async def change_user(name: Name, body: Fields, caller: Caller, context: Context) -> Response:
    """Other `groups` or `roles`; what is left out stays."""
    return json(await _perform(context, caller, "change", name, body))


@routes.post("/users/{name}/lock", response_model=Locked)
async def lock_user(name: Name, caller: Caller, context: Context) -> Response:
    """Everything that they proved themselves with ends within a second, what is being written for them too."""
    return json(await _perform(context, caller, "lock", name, {}))


@routes.post("/users/{name}/unlock", response_model=Locked)
async def unlock_user(name: Name, caller: Caller, context: Context) -> Response:
    """They may sign in again."""
    return json(await _perform(context, caller, "unlock", name, {}))


@routes.post("/bans/{principal}/lift", response_model=Lifted)
async def lift_ban(principal: Name, caller: Caller, context: Context) -> Response:
    """Somebody who is kept out for a time (`person:bob`) is let in again before it."""
    return json(await _perform(context, caller, "lift", principal, {}))


@routes.post("/users/{name}/offboard", response_model=Offboarded)
async def offboard_user(name: Name, body: Fields, caller: Caller, context: Context) -> Response:
    """They leave: locked, sessions and keys ended, what they own listed and handed over to `to`."""
    done = await _perform(context, caller, "offboard", name, body)
    return json(done | {"documents": await _brought(context, caller, name)})


@routes.post("/keys/{name}/rotate", response_model=Rotated)
async def rotate_key(name: Name, body: Fields, caller: Caller, context: Context) -> Response:
    """A second secret, told once; the one before it goes on for `hours` (24)."""
    return json(await _perform(context, caller, "rotate", name, body))


@routes.get("/roles", response_model=Roles)
async def list_roles(caller: Caller, context: Context) -> Response:
    """The templates: what each brings."""
    items: Items = await context.bus.request(List(credential=caller, kind="role"))
    return json({"roles": [item.fields for item in items.items]})


@routes.post("/roles/{name}/apply", response_model=Applied)
async def apply_role(name: Name, body: Fields, caller: Caller, context: Context) -> Response:
    """Gives the user `to` the groups, roles and grants of a template."""
    return json(await _perform(context, caller, "apply", name, body))


@routes.get("/grants/why", response_model=GrantWhy)
async def why(
    workspace: Annotated[str, Query(max_length=100)],
    caller: Caller,
    context: Context,
    person: Annotated[str | None, Query(max_length=100, description="alice, person:alice or app:erp")] = None,
) -> Response:
    """What somebody may do in a workspace, and the rule that decides: about oneself, or for managers and auditors."""
    principal = person if person is None or ":" in person else f"person:{person}"
    asked = Explain(credential=caller, workspace=workspace, principal=principal)
    explained: Explained = await context.bus.request(asked)
    told = {"for": explained.principal, "workspace": workspace, "names": list(explained.holders)}
    return json(told | {"actions": [one.model_dump() for one in explained.decisions]})


async def _brought(context: GatewayContext, caller: Credential, name: str) -> int:
    """How many documents they uploaded; these stay with their workspaces."""
    query, admitted = await admit(context, caller, "read")
    about = {"capability": admitted.capability, "query": query, "limit": 1}
    found: DocumentStates = await context.bus.request(Describe(uploaded_by=f"person:{name}", **about))
    return found.total
