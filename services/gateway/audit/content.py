"""Texts of questions and answers that the policy keeps: read by auditors who say why, with two people if it says so."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.context import Context
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from shared.events import AgreeReading, Content, ListReadings, ReadContent, Readings, ReadingState

routes = APIRouter(prefix="/api/audit/content", tags=["audit"], route_class=JsonRoute)
Request = Annotated[str, Path(max_length=64)]


class Reading(RequestBody):
    """Of which query, and why; the reason is recorded."""

    query_id: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=3, max_length=500)


@routes.post("", response_model=Content)
async def read_content(wanted: Reading, caller: Caller, context: Context) -> Response:
    """The redacted texts; 202 with `state` `waiting` until a second auditor agreed: then ask again."""
    query, admitted = await admit(context, caller, "read")
    await context.log.require()
    about = {"about": wanted.query_id, "reason": wanted.reason}
    found: Content = await context.bus.request(ReadContent(capability=admitted.capability, query=query, **about))
    return json(found.model_dump(mode="json"), 202 if found.state == "waiting" else 200)


@routes.get("/requests", response_model=Readings)
async def list_requests(caller: Caller, context: Context) -> Response:
    """Who wants to read what, and why; those of the last day, newest first."""
    query, admitted = await admit(context, caller, "read")
    found: Readings = await context.bus.request(ListReadings(capability=admitted.capability, query=query))
    return json(found.model_dump(mode="json"))


@routes.post("/requests/{request}/agree", response_model=ReadingState)
async def agree(request: Request, caller: Caller, context: Context) -> Response:
    """A second auditor agrees; nobody agrees with themselves."""
    query, admitted = await admit(context, caller, "read")
    await context.log.require()
    wanted = AgreeReading(capability=admitted.capability, query=query, request=request)
    found: ReadingState = await context.bus.request(wanted)
    return json(found.model_dump(mode="json"))
