"""GET /api/audit: the audit log, for auditors, as a list or followed as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import AuditRecords
from services.gateway.http.schemas import LARGEST
from services.gateway.http.sse import HEADERS, frame
from shared.errors import Refused
from shared.events import CSV_COLUMNS, Credential, ExportFormat, Lines, ReadRecords

routes = APIRouter(prefix="/api", tags=["audit"])
POLL_SECONDS = 0.5
Word = Annotated[str | None, Query(max_length=256)]


def wanted(
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    about: Word = None,
    principal: Word = None,
    since: datetime | None = None,
    until: datetime | None = None,
    kind: Word = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> dict[str, Any]:
    """Dependency: which records. `about` a query or document, `kind` the beginning of subjects, times with a zone."""
    return {
        "after": after,
        "about": about,
        "principal": principal,
        "since": since,
        "until": until,
        "kind": kind,
        "limit": limit,
    }


Which = Annotated[dict[str, Any], Depends(wanted)]
Last = Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=LARGEST)]


@routes.get("/audit", response_model=AuditRecords)
async def records(
    caller: Caller, context: Context, which: Which, follow: bool = False, last_event_id: Last = None
) -> Response:
    """The records after number `after`, filtered; `follow` goes on for ever."""
    if last_event_id is not None:
        which = which | {"after": last_event_id}
    found = await read(context, caller, which, told=True)
    if follow:
        return StreamingResponse(_followed(context, caller, which), media_type="text/event-stream", headers=HEADERS)
    body = f'{{"records":[{",".join(found.lines.splitlines())}],"last":{found.last}}}'
    return Response(body, media_type="application/json")


@routes.get("/audit/export", response_class=PlainTextResponse)
async def export(
    caller: Caller,
    context: Context,
    which: Which,
    format_: Annotated[ExportFormat, Query(alias="format")] = "ocsf",
) -> Response:
    """A page of records as lines of a SIEM's format; the header `Cloister-Next` is the `after` of the next page."""
    found = await read(context, caller, which | {"format": format_}, told=not which["after"])
    headers = {"Cloister-Next": str(found.next), "Cloister-Last": str(found.last)}
    return Response(found.lines, media_type="text/plain; charset=utf-8", headers=headers)


@routes.get("/audit/export/header", response_class=PlainTextResponse)
async def export_header(caller: Caller, context: Context) -> Response:
    """The first line of an export as csv."""
    await admit(context, caller, "read")
    return Response(",".join(CSV_COLUMNS), media_type="text/plain; charset=utf-8")


async def read(context: GatewayContext, caller: Credential, which: Mapping[str, Any], *, told: bool = False) -> Lines:
    """A page of records as lines; `told`: the reading is a record of its own."""
    query, admitted = await admit(context, caller, "read")
    found: Lines = await context.bus.request(
        ReadRecords(capability=admitted.capability, query=query, told=told, **which)
    )
    return found


async def _followed(context: GatewayContext, caller: Credential, which: dict[str, Any]) -> AsyncIterator[bytes]:
    """Each record once, in order; rights are asked for again with every look."""
    quiet = 0.0
    while True:
        try:
            found = await read(context, caller, which)
        except Refused as refused:
            yield frame("error", refused.body)
            return
        for line in found.lines.splitlines():
            record = orjson.loads(line)
            which = which | {"after": record["seq"]}
            yield frame("record", record, str(record["seq"]))
        if not found.lines:
            await asyncio.sleep(POLL_SECONDS)
            quiet += POLL_SECONDS
            if quiet >= context.settings.heartbeat_seconds:
                quiet = 0.0
                yield KEEPALIVE_COMMENT
