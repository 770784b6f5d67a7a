"""POST /api/audit/erasures: what somebody asked and was answered is taken away; a record proves that it was."""

import asyncio
from typing import Annotated

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.gateway.admission import Caller, admit
from services.gateway.audit.records import read
from services.gateway.context import Context, GatewayContext
from services.gateway.http.responses import json
from services.gateway.http.schemas import JsonRoute, RequestBody
from shared.errors import Refused, Unavailable
from shared.events import Credential, PersonErased, Proof, ProveInclusion

routes = APIRouter(prefix="/api/audit/erasures", tags=["audit"], route_class=JsonRoute)
SECONDS = 20.0
FORBIDDEN = ("forbidden", "This takes an administrator. Ask one to do it, or to give you the right.", 403)


class Erasure(RequestBody):
    """Whom, as the audit log names them, and why."""

    person: Annotated[str, Field(pattern=r"^(person|app):[A-Za-z0-9_.@-]{1,64}$", examples=["person:alice"])]
    reason: str = Field(min_length=3, max_length=500)


class Certificate(BaseModel):
    """The record of the erasure, byte for byte, and the proof that it is in the log that was signed."""

    record: str
    leaf_index: int
    leaf_hash: str
    proof: list[str]
    checkpoint: str


@routes.post("", status_code=201, response_model=Certificate)
async def erase(wanted: Erasure, caller: Caller, context: Context) -> Response:
    """Conversations, answers and opinions of that person. The log keeps that they asked, and still verifies."""
    _, admitted = await admit(context, caller, "read")
    if "admin" not in admitted.principal.roles:
        raise Refused(*FORBIDDEN)
    await context.log.require()
    subjects = await _answers(context, caller, wanted.person)
    answers = 0
    for subject in subjects:
        answers += await context.bus.erase("ANSWERS", subject)
        context.waiting.forget(subject.rpartition(".")[2])
    counts = await context.history.erase(wanted.person) | {"answers": answers}
    await context.database.scrub()
    by = admitted.principal.id
    await context.bus.publish(PersonErased(about=wanted.person, by=by, reason=wanted.reason, counts=counts))
    return json(await _certificate(context, caller, wanted.person), 201)


async def _answers(context: GatewayContext, caller: Credential, person: str) -> list[str]:
    """The subjects of all answers that the person ever got."""
    found, after = list[str](), 0
    while True:
        page = await read(context, caller, {"principal": person, "kind": "answer.", "after": after, "limit": 500})
        if not page.lines:
            return found
        found += [orjson.loads(line)["subject"] for line in page.lines.splitlines()]
        after = page.next


async def _certificate(context: GatewayContext, caller: Credential, person: str) -> dict[str, object]:
    """As soon as the log has it."""
    async with asyncio.timeout(SECONDS):
        while True:
            page = await read(context, caller, {"about": person, "kind": "audit.erased.", "limit": 500})
            if page.lines:
                break
            await asyncio.sleep(0.2)
    line = page.lines.splitlines()[-1]
    query, admitted = await admit(context, caller, "read")
    seq = int(orjson.loads(line)["seq"])
    proof: Proof = await context.bus.request(ProveInclusion(capability=admitted.capability, query=query, seq=seq))
    if not proof.proof and seq > 1:
        raise Unavailable("The erasure is done, and its proof is not there yet. See GET /api/audit?kind=audit.erased.")
    return {"record": line, "leaf_index": seq - 1} | proof.model_dump()
