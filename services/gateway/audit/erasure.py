"""POST /api/audit/erasures: what somebody asked and was answered is taken away; a record proves that it was."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.gateway.admission import Caller, admit
from services.gateway.audit.holds import require_no_hold
from services.gateway.audit.records import read
from services.gateway.context import Context, GatewayContext
from services.gateway.history.erased import Erased
from services.gateway.history.erasing import take_away
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from shared.errors import Refused, Unavailable
from shared.events import Credential, PersonErased, Proof, ProveInclusion

routes = APIRouter(prefix="/api/audit/erasures", tags=["audit"], route_class=JsonRoute)
SECONDS, OWNERS_SECONDS = 20.0, 10.0
OWNERS = {"audit", "connectors"}
FORBIDDEN = ("forbidden", "This takes an administrator. Ask one to do it, or to give you the right.", 403)


class Erasure(RequestBody):
    """Whom, as the audit log names them, and why."""

    person: Annotated[str, Field(pattern=r"^(person|app):[A-Za-z0-9_.@-]{1,64}$", examples=["person:alice"])]
    reason: str = Field(min_length=3, max_length=500)


class Certificate(BaseModel):
    """The record of the erasure, byte for byte, and the proof that it is in the log that was signed.

    `forgotten` is what other services took away; those of `waiting` are away, and do it when they are back.
    """

    record: str
    leaf_index: int
    leaf_hash: str
    proof: list[str]
    checkpoint: str
    forgotten: dict[str, dict[str, int]] = {}
    waiting: list[str] = []


@routes.post("", status_code=201, response_model=Certificate)
async def erase(wanted: Erasure, caller: Caller, context: Context) -> Response:
    """Conversations, answers, opinions, schedules and kept texts. The log keeps that they asked, and still verifies."""
    _, admitted = await admit(context, caller, "read")
    if "admin" not in admitted.principal.roles:
        raise Refused(*FORBIDDEN)
    await context.log.require()
    await require_no_hold(context, wanted.person)
    erased = Erased(wanted.person, datetime.now(UTC), admitted.principal.id, wanted.reason)
    counts = await take_away(context, erased.person, erased.before)
    told = {"about": erased.person, "by": erased.by, "reason": erased.reason, "before": erased.before}
    await context.erased.add(erased)
    await context.bus.publish(PersonErased(counts=counts, **told))
    return json(await _certificate(context, caller, erased), 201)


async def _certificate(context: GatewayContext, caller: Credential, erased: Erased) -> dict[str, object]:
    """As soon as the log has it; who forgot nothing within some seconds does so when they are back."""
    which = {"about": erased.person, "kind": "audit.erased.", "since": erased.before, "limit": 1}
    async with asyncio.timeout(SECONDS):
        while True:
            page = await read(context, caller, which)
            if page.lines:
                break
            await asyncio.sleep(0.2)
    line = page.lines.splitlines()[-1]
    query, admitted = await admit(context, caller, "read")
    seq = int(orjson.loads(line)["seq"])
    forgotten = await _forgotten(context, caller, erased.person, seq)
    proof: Proof = await context.bus.request(ProveInclusion(capability=admitted.capability, query=query, seq=seq))
    if not proof.proof and seq > 1:
        raise Unavailable("The erasure is done, and its proof is not there yet. See GET /api/audit?kind=audit.erased.")
    waiting = sorted(OWNERS - forgotten.keys())
    return {"record": line, "leaf_index": seq - 1, "forgotten": forgotten, "waiting": waiting} | proof.model_dump()


async def _forgotten(context: GatewayContext, caller: Credential, person: str, after: int) -> dict[str, dict[str, int]]:
    """What each of the other owners took away."""
    end, found = time.monotonic() + OWNERS_SECONDS, dict[str, dict[str, int]]()
    while OWNERS - found.keys() and time.monotonic() < end:
        page = await read(context, caller, {"about": person, "kind": "audit.forgotten.", "after": after, "limit": 500})
        facts = [orjson.loads(line)["facts"] for line in page.lines.splitlines()]
        found = {fact["owner"]: fact.get("counts", {}) for fact in facts}
        await asyncio.sleep(0.1)
    return found
