"""GET /api/alerts, POST /api/alerts/{seq}/acknowledge and GET /api/bans: what rules found, and who is kept out."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from services.gateway.admission import Caller, admit
from services.gateway.audit.records import read
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import LARGEST, JsonRoute, RequestBody
from shared.errors import Refused
from shared.events import AlertAcknowledged, Credential, Items, List
from shared.events.moment import Moment

routes = APIRouter(prefix="/api", tags=["audit"], route_class=JsonRoute)
PAGE, PAGES = 1000, 20  # records read at once, and so often
Days = Annotated[int, Query(ge=1, le=366, description="how far back")]
Open = Annotated[bool, Query(description="only those that nobody acknowledged")]
NO_ALERT = "There is no alert {}. See GET /api/alerts for those of the last 30 days."


class Alert(BaseModel):
    """A rule's finding: record `seq`, about whom, what was counted, what followed, and who looked at it."""

    seq: int
    at: Moment
    principal: str
    rule: str
    why: str = ""
    value: float = 0
    act: str
    until: Moment | None = None
    acknowledged_by: str | None = None
    acknowledged_at: Moment | None = None
    note: str = ""


class Alerts(BaseModel):
    """Newest first."""

    alerts: list[Alert]


class Acknowledgement(RequestBody):
    """What the auditor found out, in a few words."""

    note: str = Field("", max_length=500)


class Acknowledged(BaseModel):
    """By whom."""

    seq: int
    acknowledged_by: str


class Ban(BaseModel):
    """Somebody is kept out until then, by a rule."""

    principal: str
    until: Moment
    rule: str


class Bans(BaseModel):
    """Those that count now, the first to end first."""

    bans: list[Ban]


@routes.get("/alerts", response_model=Alerts)
async def list_alerts(caller: Caller, context: Context, days: Days = 30, open: Open = False) -> Response:
    """What rules found, for auditors and administrators."""
    since = datetime.now(UTC) - timedelta(days=days)
    found = [record async for record in _records(context, caller, {"kind": "audit.alerted.", "since": since})]
    seen = {r["about"]: r async for r in _records(context, caller, {"kind": "audit.acknowledged.", "since": since})}
    alerts = [_shown(record, seen.get(str(record["seq"]))) for record in reversed(found)]
    return json({"alerts": [one for one in alerts if not (open and one["acknowledged_by"])]})


@routes.post("/alerts/{seq}/acknowledge", response_model=Acknowledged)
async def acknowledge(
    seq: Annotated[int, Path(ge=1, le=LARGEST)], said: Acknowledgement, caller: Caller, context: Context
) -> Response:
    """Somebody looked at it; that is a record, too."""
    page = await read(context, caller, {"after": seq - 1, "kind": "audit.alerted.", "limit": 1})
    if not page.lines or orjson.loads(page.lines)["seq"] != seq:
        raise Refused("alert_not_found", NO_ALERT.format(seq), 404)
    _, admitted = await admit(context, caller, "read")
    await context.log.require()
    who = admitted.principal.id
    await context.bus.publish(AlertAcknowledged(about=str(seq), by=who, note=said.note))
    return json({"seq": seq, "acknowledged_by": who})


@routes.get("/bans", response_model=Bans)
async def list_bans(caller: Caller, context: Context) -> Response:
    """Who is kept out now and until when; `POST /api/bans/{principal}/lift` ends a ban."""
    items: Items = await context.bus.request(List(credential=caller, kind="ban"))
    return json({"bans": [item.fields for item in items.items]})


async def _records(context: GatewayContext, caller: Credential, which: dict[str, Any]) -> AsyncIterator[Any]:
    after = 0
    for _ in range(PAGES):
        page = await read(context, caller, which | {"after": after, "limit": PAGE})
        for line in page.lines.splitlines():
            yield orjson.loads(line)
        if not page.lines:
            return
        after = page.next


def _shown(record: dict[str, Any], seen: dict[str, Any] | None) -> dict[str, Any]:
    facts = record.get("facts") or {}
    told = {name: facts[name] for name in ("rule", "why", "value", "act", "until") if name in facts}
    by = seen["principal"] if seen else None
    about = {"seq": record["seq"], "at": record["at"], "principal": record["principal"], "acknowledged_by": by}
    note = ((seen or {}).get("facts") or {}).get("note", "")
    return told | about | {"acknowledged_at": seen["at"] if seen else None, "note": note}
