"""GET /api/reports/monthly: what a month was, from the audit log and from opinions; for administrators and auditors."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.documents.access_explanation import language
from services.gateway.http.responses import json
from shared.events import MonthFigures, ReadMonth

routes = APIRouter(prefix="/api/reports", tags=["audit"])
Month = Annotated[str, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
Lang = Annotated[str | None, Query(pattern="^(en|zh)", max_length=20)]


class Outcomes(BaseModel):
    """How many questions ended how."""

    answered: int
    not_found: int
    refused: int


class ResponseSeconds(BaseModel):
    """Of answers; null without one."""

    p50: float | None
    p95: float | None


class OpinionCounts(BaseModel):
    """What people thought of answers."""

    useful: int
    useless: int


class MonthCounts(BaseModel):
    """Counts by name; seconds, hours, and money in the currency of the setting."""

    questions: int
    people: int
    departments: dict[str, int]
    days: dict[str, int]
    outcomes: Outcomes
    response_seconds: ResponseSeconds
    hours_saved: float
    gpu_seconds: dict[str, float]
    costs: dict[str, float]
    workspaces: dict[str, int]
    documents: dict[str, int]
    opinions: OpinionCounts


class Report(BaseModel):
    """`before` are the figures of the month before; `formula` says how hours saved and costs are computed."""

    month: str
    figures: MonthCounts
    before: MonthCounts
    formula: str


@routes.get("/monthly", response_model=Report)
async def monthly(
    caller: Caller,
    context: Context,
    month: Month = "",
    lang: Lang = None,
    accept_language: Annotated[str, Header(max_length=200)] = "",
) -> Response:
    """Counts alone: no question, no answer, no title. Without `month` it is this one (UTC)."""
    query, admitted = await admit(context, caller, "read")
    wanted = month or datetime.now(UTC).strftime("%Y-%m")
    asked = ReadMonth(
        capability=admitted.capability, query=query, month=wanted, language=language(lang, accept_language)
    )
    found: MonthFigures = await context.bus.request(asked, timeout=60)
    now = found.figures | {"opinions": await _opinions(context, found.start, found.end)}
    past = found.before | {"opinions": await _opinions(context, found.start_before, found.start)}
    return json({"month": wanted, "figures": now, "before": past, "formula": found.formula})


async def _opinions(context: GatewayContext, start: datetime, end: datetime) -> dict[str, int]:
    useful, useless = await context.opinions.counted(start, end)
    return {"useful": useful, "useless": useless}
