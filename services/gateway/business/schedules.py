"""Scheduled questions: made, listed and taken away by their owner."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.context import Context
from services.gateway.http.response_models import SchedulesBody
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, Name, RequestBody, worded
from shared.events import ListSchedules, MakeSchedule, RemoveSchedule, ScheduleState

routes = APIRouter(prefix="/api/data/schedules", tags=["business data"], route_class=JsonRoute)


class Scheduled(RequestBody):
    """The body of a schedule. `cron` is `minute hour day month weekday`; `delivery` a list of `{kind, to}`."""

    title: Name
    question: str
    cron: str = Field(max_length=100)
    timezone: str = Field("Asia/Shanghai", max_length=64)
    workspace: Name | None = None
    delivery: list[dict[str, Any]] = Field(default_factory=list, max_length=5)


@routes.post("", response_model=ScheduleState, status_code=201)
async def make(scheduled: Scheduled, caller: Caller, context: Context) -> Response:
    """Ask a question at each moment, under the rights that the caller has then; 201 with the next three moments."""
    query, admitted = await admit(context, caller, "ask", scheduled.workspace)
    wanted = MakeSchedule(
        capability=admitted.capability,
        query=query,
        title=scheduled.title,
        question=worded(scheduled.question),
        workspace=scheduled.workspace,
        cron=scheduled.cron,
        timezone=scheduled.timezone,
        delivery=tuple(scheduled.delivery),
    )
    return json((await context.bus.request(wanted)).model_dump(mode="json"), 201)


@routes.get("", response_model=SchedulesBody)
async def every(caller: Caller, context: Context) -> Response:
    """The caller's own, each with its next moments and how its last run ended."""
    query, admitted = await admit(context, caller, "ask")
    found = await context.bus.request(ListSchedules(capability=admitted.capability, query=query))
    return json(found.model_dump(mode="json"))


@routes.delete("/{schedule_id}", response_model=ScheduleState)
async def remove(schedule_id: str, caller: Caller, context: Context) -> Response:
    """It asks no more; what was asked goes on."""
    query, admitted = await admit(context, caller, "ask")
    wanted = RemoveSchedule(capability=admitted.capability, query=query, schedule_id=schedule_id)
    return json((await context.bus.request(wanted)).model_dump(mode="json"))
