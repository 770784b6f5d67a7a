"""Legal holds: what belongs to a person, a workspace or a query is neither erased nor retired while one stands."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from shared.errors import Refused
from shared.events import HoldState, LegalHolds, LiftHold, PlaceHold, ReadHolds

routes = APIRouter(prefix="/api/audit/holds", tags=["audit"], route_class=JsonRoute)
ABOUT = r"^(person|app|workspace|query):[A-Za-z0-9_.@-]{1,100}$"
HELD = (
    "{} is under a legal hold ({}), placed by {} on {}: nothing of it may be erased. When the matter is over, an "
    "auditor lifts the hold with DELETE /api/audit/holds."
)
FORBIDDEN = ("forbidden", "This takes an administrator or an auditor. Ask one to do it.", 403)


class Hold(RequestBody):
    """On `person:alice`, `app:crm`, `workspace:finance` or `query:<id>`, and why."""

    about: Annotated[str, Field(pattern=ABOUT, examples=["person:alice"])]
    reason: str = Field(min_length=3, max_length=500)


@routes.get("", response_model=LegalHolds)
async def list_holds(caller: Caller, context: Context) -> Response:
    """Those that stand, the oldest first; for administrators and auditors."""
    _, admitted = await admit(context, caller, "read")
    if not {"admin", "auditor"} & set(admitted.principal.roles):
        raise Refused(*FORBIDDEN)
    found: LegalHolds = await context.bus.request(ReadHolds())
    return json(found.model_dump(mode="json"))


@routes.post("", response_model=HoldState, status_code=201)
async def place_hold(hold: Hold, caller: Caller, context: Context) -> Response:
    """From now on nothing of it is erased, deleted or retired; that is recorded."""
    query, admitted = await admit(context, caller, "read")
    await context.log.require()
    wanted = PlaceHold(capability=admitted.capability, query=query, about=hold.about, reason=hold.reason)
    placed: HoldState = await context.bus.request(wanted)
    return json(placed.model_dump(mode="json"), 201)


@routes.delete("", response_model=HoldState)
async def lift_hold(
    caller: Caller,
    context: Context,
    about: Annotated[str, Query(pattern=ABOUT)],
    reason: Annotated[str, Query(min_length=3, max_length=500)],
) -> Response:
    """The matter is over; what was the hold."""
    query, admitted = await admit(context, caller, "read")
    await context.log.require()
    wanted = LiftHold(capability=admitted.capability, query=query, about=about, reason=reason)
    lifted: HoldState = await context.bus.request(wanted)
    return json(lifted.model_dump(mode="json"))


async def require_no_hold(context: GatewayContext, person: str) -> None:
    """`Refused` (409) while a hold covers the person, a query of theirs, or a workspace in which they asked."""
    found: LegalHolds = await context.bus.request(ReadHolds(person=person))
    if found.holds:
        raise held(found.holds[0])


async def holds_on(context: GatewayContext, workspaces: Iterable[str]) -> dict[str, HoldState]:
    """The holds on these workspaces, by name."""
    found: LegalHolds = await context.bus.request(ReadHolds())
    standing = {one.about: one for one in found.holds}
    return {name: standing[about] for name in workspaces if (about := f"workspace:{name}") in standing}


def held(hold: HoldState) -> Refused:
    """Why it stays."""
    since = f"{hold.since:%Y-%m-%d}"
    values = {"about": hold.about, "by": hold.by, "why": hold.reason, "since": since}
    return Refused("held", HELD.format(hold.about, hold.reason, hold.by, since), 409, values=values)
