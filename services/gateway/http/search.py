"""`POST /api/search`: passages for a question, without a model."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.hangup import unless_gone
from services.gateway.http.response_models import Passages, PlaceList
from services.gateway.http.responses import json, passage_body, place_body
from services.gateway.http.schemas import JsonRoute, Name, Names, RequestBody, worded
from services.gateway.queries.parameters.topics import classifier, must_be_allowed
from shared.deadline import until
from shared.errors import Refused
from shared.events import Credential, FindPlaces, Found, Leg, Places, Search

SUMMARIES = "You may have summaries of {0}, not its passages. Ask a question instead."
SECONDS = 30  # that a caller waits for passages
SILENT = 2.0  # seconds without passages before retrieval is asked whether it is there at all
ALIVE = 4.0  # seconds for that reply; it costs a millisecond where the service is not stopped
routes = APIRouter(prefix="/api", tags=["search"], route_class=JsonRoute)


class Searched(RequestBody):
    """The body of /api/search."""

    question: str
    workspace: Name | None = None
    workspaces: Names = Field(default_factory=list)
    limit: int = Field(10, ge=1, le=50)
    leg: Leg = "fused"


@routes.post("/search", response_model=Passages)
async def search(wanted: Searched, request: Request, caller: Caller, context: Context) -> Response:
    """The passages that fit the question, best first, from what the caller may ask; `leg` for measuring one alone."""
    return json(await unless_gone(request, searched(context, caller, wanted)))


async def searched(context: GatewayContext, caller: Credential, wanted: Searched) -> dict[str, Any]:
    """The passages as they are told; recorded before."""
    question = worded(wanted.question)
    await context.log.require()
    query, admitted = await admit(context, caller, "ask", wanted.workspace, wanted.workspaces, counted=True)
    must_be_allowed(admitted.topics, question, classifier(context.settings.topic_classifier))
    if named := {name for name in (wanted.workspace, *wanted.workspaces) if name in admitted.summarised}:
        raise Refused("summaries_only", SUMMARIES.format(", ".join(sorted(named))), 403)
    expires_at = datetime.now(UTC) + timedelta(seconds=SECONDS)
    asked = Search(
        query=query,
        capability=admitted.capability,
        question=question,
        limit=wanted.limit,
        leg=wanted.leg,
        expires_at=expires_at,
    )
    async with until(expires_at), context.searches.share(admitted.principal.id):
        found = await _found(context, asked)
    return {"passages": [passage_body(passage) for passage in found.passages], "absent": found.absent}


async def _found(context: GatewayContext, asked: Search) -> Found:
    """`Unavailable` (503) soon where the service is stopped; where it is only busy, the search goes on.

    One that was killed meanwhile answers as soon as it runs again, and knows nothing of the search. It is sent once
    more: the service does not do twice what it is doing.
    """
    there = FindPlaces(query=asked.query, capability=asked.capability, text="", limit=1)
    pause, sent = SILENT, [asyncio.ensure_future(context.bus.request(asked, timeout=SECONDS + 2))]
    try:
        while not (await asyncio.wait(sent, timeout=pause, return_when=asyncio.FIRST_COMPLETED))[0]:
            await context.bus.request(there, timeout=ALIVE)
            sent.append(asyncio.ensure_future(context.bus.request(asked, timeout=SECONDS + 2)))
            pause *= 2
        return await next(one for one in sent if one.done())
    finally:
        for one in sent:
            one.cancel()
        await asyncio.gather(*sent, return_exceptions=True)


@routes.get("/find", response_model=PlaceList)
async def find(
    caller: Caller,
    context: Context,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """Documents by words of their titles and headings, for finding while one types. Not counted as a question."""
    query, admitted = await admit(context, caller, "ask")
    wanted = FindPlaces(query=query, capability=admitted.capability, text=q, limit=limit)
    found: Places = await context.bus.request(wanted)
    return json({"places": [place_body(place) for place in found.places]})
