"""The gateway on a real bus: the rights that it needs, and a question's way there and back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.gateway import handlers
from services.gateway.queries.answers import proven
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.settings import gateway_settings
from shared.bus import Bus, Delivery, Service
from shared.bus.runtime import running
from shared.errors import Refused
from shared.events import (
    Admit,
    Admitted,
    CheckLog,
    Locate,
    Located,
    LogSeen,
    Principal,
    QueryAnswered,
    QueryAsked,
    QueryStreamed,
    StepFailed,
)
from shared.security.capability import Signer
from tests.servers.bus import Server, bus

__all__ = ["bus"]
AUTH = {"Authorization": "Bearer alice"}


class World:
    """Auth, connectors and a worker in a few lines, each with its own service's rights."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.auth, self.connectors, self.dispatch = Service("auth"), Service("connectors"), Service("dispatch")
        self.audit = Service("audit")
        self.auth.reply(Admit)(self.admit)
        self.audit.reply(CheckLog)(self.check_log)
        self.dispatch.reply(Locate)(self.locate)
        self.connectors.consume(QueryAsked, slots=8)(self.answer)
        self.signer = Signer("inference", server.keys / "answers" / "inference.key")
        self.worker: Bus | None = None
        self.silent = False
        self.asked: list[QueryAsked] = []
        self.heard = asyncio.Event()

    async def admit(self, wanted: Admit) -> Admitted:
        name = wanted.credential.client or wanted.credential.token
        if wanted.workspace == "legal":
            raise Refused("workspace_not_found", "There is no such workspace.", 404)
        who = Principal(id=f"app:{name}", name=name)
        return Admitted(principal=who, workspaces=("finance",), capability="c", expires_at=wanted.expires_at)

    async def check_log(self, wanted: CheckLog) -> LogSeen:
        return LogSeen()

    async def locate(self, wanted: Locate) -> Located:
        return Located(stage="waiting", position=1, wait_seconds=2.0)

    async def answer(self, asked: QueryAsked) -> None:
        self.asked.append(asked)
        self.heard.set()
        if asked.question == "break":
            raise Refused("no_index", "The index is closed.", 503)
        if self.silent or self.worker is None:
            return
        told = {"query": asked.query, "client": asked.client, "kind": "token"}
        await self.worker.publish_ephemeral(QueryStreamed(**told, n=1, text="四成"))
        await self.worker.publish_ephemeral(QueryStreamed(**told, n=2, text="一"))
        answer = QueryAnswered(
            query=asked.query,
            client=asked.client,
            principal=asked.principal.id,
            answer="四成一",
            answered_at=datetime.now(UTC),
        )
        headers = self.signer.headers(answer.address(), answer.model_dump_json().encode())
        await self.worker.publish(answer, headers=headers, absent=True)


@pytest.fixture
async def world(bus: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    settings = bus.settings
    monkeypatch.setattr(handlers, "settings", lambda: settings)
    # Its sessions have to end in the task that began them; a fixture is set up in one task and torn down in another.
    monkeypatch.setattr(handlers, "gateway_settings", lambda: gateway_settings().model_copy(update={"mcp": False}))
    there = World(bus)
    async with AsyncExitStack() as stack:
        there.worker = await stack.enter_async_context(running(Service("inference"), settings))
        for service in (there.auth, there.audit, there.dispatch, there.connectors, handlers.service):
            gateway = await stack.enter_async_context(running(service, settings))
        app = FastAPI(docs_url=None)
        app.include_router(handlers.service.routes)
        handlers.install(app)
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", timeout=30)
        )
        yield SimpleNamespace(http=http, bus=gateway, there=there, context=handlers.service.context)


async def test_a_question_goes_there_and_back(world: Any) -> None:
    reply = await world.http.post("/api/chat", json={"question": "毛利率？"}, headers=AUTH)
    assert (reply.status_code, reply.json()["answer"]) == (200, "四成一")
    streamed = await world.http.post("/api/chat", json={"question": "毛利率？", "stream": True}, headers=AUTH)
    assert streamed.text.count("event: token") >= 1
    assert "event: answer" in streamed.text
    again = await world.http.get(f"/api/queries/{reply.json()['query_id']}", headers=AUTH)
    assert (again.status_code, again.json()["state"]) == (200, "answered")


async def test_what_a_service_refuses_becomes_the_reply(world: Any) -> None:
    reply = await world.http.post("/api/chat", json={"question": "break"}, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (503, "no_index")


async def test_a_cancelled_question_ends_with_a_reason(world: Any) -> None:
    world.there.silent = True
    waiting = asyncio.create_task(world.http.post("/api/chat", json={"question": "hi"}, headers=AUTH))
    await world.there.heard.wait()
    path = f"/api/queries/{world.there.asked[0].query}"
    assert (await world.http.get(path, headers=AUTH)).json()["position"] == 1
    assert (await world.http.delete(path, headers=AUTH)).status_code == 202
    reply = await waiting
    assert (reply.status_code, reply.json()["reason"]) == (409, "cancelled")


async def test_the_gateway_may_repeat_a_stored_answer(world: Any) -> None:
    reply = await world.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    query = reply.json()["query_id"]
    stored = await world.bus.last("ANSWERS", f"answer.gateway.{query}")
    assert proven(world.context, stored, "gateway")
    await handlers.repeat(Delivery("recall.gateway", {}, query.encode()), world.context)


async def test_what_gives_up_later_reaches_who_still_waits(world: Any) -> None:
    call = world.context.waiting.open(PendingQuery("a" * 32, "app:alice"))
    failed = StepFailed(service="gateway", event="x", about=call.query, client="gateway", error="It broke.", reason="r")
    await world.bus.publish(failed)
    await asyncio.wait_for(call.answered.wait(), 10)
    assert call.answer.error == "It broke."


async def test_bytes_go_to_the_object_store(world: Any, tmp_path: Path) -> None:
    await world.bus.put_object("a" * 32, b"x" * 300_000)
    assert await world.bus.get_object("a" * 32) == b"x" * 300_000
