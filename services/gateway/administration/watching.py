"""GET /api/queue and GET /api/data/sources: what works and what waits, for administrators."""

from typing import Literal

from fastapi import APIRouter, Response

from services.gateway.admission import Caller, admit
from services.gateway.context import Context
from services.gateway.http.responses import json
from shared.events import DescribeQueue, DescribeSources, QueueState, SourceStates

routes = APIRouter(prefix="/api", tags=["operation"])
SECONDS = 20  # each source is tried for 15


@routes.get("/queue", response_model=QueueState)
async def queue(caller: Caller, context: Context) -> Response:
    """The pools: their workers by the last heartbeat, and how many questions wait in each lane."""
    query, admitted = await admit(context, caller, "read")
    found: QueueState = await context.bus.request(DescribeQueue(capability=admitted.capability, query=query))
    return json(found.model_dump(mode="json"))


@routes.get("/data/sources", response_model=SourceStates)
async def sources(caller: Caller, context: Context, language: Literal["zh", "en"] = "zh") -> Response:
    """The declared business sources, each tried now; `problems` say what to do."""
    query, admitted = await admit(context, caller, "read")
    wanted = DescribeSources(capability=admitted.capability, query=query, language=language)
    found: SourceStates = await context.bus.request(wanted, timeout=SECONDS)
    return json(found.model_dump(mode="json"))
