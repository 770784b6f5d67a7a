"""GET /api/audit: the trail, for auditors, as a list or followed as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from services.gateway.admission import Caller, admit
from services.gateway.context import Context, GatewayContext
from services.gateway.http.response_models import AuditRecords
from services.gateway.http.responses import json
from services.gateway.http.sse import BEAT, HEADERS, frame
from shared.errors import Refused
from shared.events import Credential, ReadAuditLog, Records

routes = APIRouter(prefix="/api", tags=["audit"])
POLL_SECONDS = 0.5
After = Annotated[int, Query(ge=0)]


@routes.get("/audit", response_model=AuditRecords)
async def trail(
    caller: Caller,
    context: Context,
    after: After = 0,
    follow: bool = False,
    about: Annotated[str | None, Query(max_length=64)] = None,
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0)] = None,
) -> Response:
    """The record after number `after`, of one query or document with `about`; `follow` goes on for ever."""
    start = after if last_event_id is None else last_event_id
    records = await _read(context, caller, start, about)
    if follow:
        return StreamingResponse(
            _followed(context, caller, start, about), media_type="text/event-stream", headers=HEADERS
        )
    return json(records.model_dump(mode="json"))


async def _read(context: GatewayContext, caller: Credential, after: int, about: str | None) -> Records:
    query, admitted = await admit(context, caller, "read")
    request = ReadAuditLog(capability=admitted.capability, query=query, after=after, about=about)
    records: Records = await context.bus.request(request)
    return records


async def _followed(context: GatewayContext, caller: Credential, after: int, about: str | None) -> AsyncIterator[bytes]:
    """Each record once, in order; rights are asked for again with every look."""
    quiet = 0.0
    while True:
        try:
            records = await _read(context, caller, after, about)
        except Refused as refused:
            yield frame("error", {"error": refused.error, "reason": refused.reason})
            return
        for record in records.records:
            after = record.seq
            yield frame("record", record.model_dump(mode="json"), str(record.seq))
        if not records.records:
            await asyncio.sleep(POLL_SECONDS)
            quiet += POLL_SECONDS
            if quiet >= context.settings.heartbeat_seconds:
                quiet = 0.0
                yield BEAT
