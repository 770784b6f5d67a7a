"""Answers that were missed or forged, deadlines that passed, callers who left."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.gateway.handlers import answer as hear_answer
from services.gateway.queries import answers
from services.gateway.queries.deadlines import look
from services.gateway.queries.pending_queries import PendingQuery
from shared.events import QueryAsked, QueryCancelled
from shared.security.capability import Signer
from tests.services.gateway.running import AUTH, answered, gateway


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


async def test_an_unsigned_or_foreign_answer_is_ignored(app: Any, tmp_path: Path) -> None:
    asked_at: asyncio.Future[QueryAsked] = asyncio.get_running_loop().create_future()

    async def then(asked: QueryAsked) -> None:
        asked_at.set_result(asked)

    app.bus.then = then
    waiting = asyncio.create_task(app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH))
    asked = await asked_at
    forged = answered(asked, "forged")
    body = forged.model_dump_json().encode()
    stranger = Signer("inference", tmp_path / "stranger.key").headers(forged.address(), body)
    other = app.bus.signer.headers("answer.gateway.other", body)
    message = (await app.bus.store(answered(asked, "true"))).__class__
    for headers in ({}, stranger, other):
        forgery = message(f"answered.gateway.{asked.query}", headers, body)
        await hear_answer(body, app.context, forgery)
    true = app.bus.stored[forged.address()]
    await hear_answer(true.data, app.context, true)
    assert (await waiting).json()["answer"] == "true"


async def test_an_answer_that_was_not_heard_is_looked_up(app: Any) -> None:
    async def then(asked: QueryAsked) -> None:
        await app.bus.store(answered(asked, "kept"))
        call = app.context.waiting.find(asked.query)
        call.quiet_since -= 6
        await look(app.context, call)

    app.bus.then = then
    reply = await app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert reply.json()["answer"] == "kept"


async def test_a_passed_deadline_is_told_and_stored(tmp_path: Path) -> None:
    async with gateway(tmp_path, answer_seconds=0.001) as app:

        async def then(asked: QueryAsked) -> None:
            await asyncio.sleep(0.002)
            await look(app.context, app.context.waiting.find(asked.query))

        app.bus.then = then
        reply = await app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
        assert (reply.status_code, reply.json()["reason"]) == (504, "expired")
        assert len(app.bus.stored) == 2


async def test_a_caller_who_left_is_cancelled_after_the_grace(tmp_path: Path) -> None:
    async with gateway(tmp_path, grace_seconds=0) as app:
        call = app.context.waiting.open(PendingQuery("a" * 32, "person:alice"))
        with call.read():
            await look(app.context, call)
        assert not app.bus.of(QueryCancelled)
        await look(app.context, call)
        assert app.bus.of(QueryCancelled)[0].query == call.query
        call.cancelled_at -= 3
        await look(app.context, call)
        refused = await answers.recall(app.context, "gateway", call.query)
        assert refused is not None
        assert refused.reason == "cancelled"
