"""Asking over HTTP: JSON and server-sent events, good and bad."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.gateway import answers
from services.gateway.handlers import answer as hear_answer
from services.gateway.waiting import Call
from services.gateway.watch import look
from shared.capability import Signer
from shared.errors import Unavailable
from shared.events import Admit, QueryAsked, QueryCancelled, query_id
from tests.services.gateway import AUTH, answered, gateway, token


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


def answers_with(door: Any, *texts: str, **fields: Any) -> None:
    """Each question is answered at once, its tokens first."""

    async def then(asked: QueryAsked) -> None:
        for n, text in enumerate(texts):
            door.desk.waiting.hear(token(asked, n, text))
        message = await door.bus.store(answered(asked, "".join(texts), **fields))
        await hear_answer(message.data, door.desk, message)

    door.bus.then = then


def events(body: str) -> list[tuple[str, Any]]:
    return [(name, orjson.loads(data)) for name, data in re.findall(r"event: (\w+)\n(?:id: .*\n)?data: (.*)\n", body)]


async def test_a_question_is_answered_with_its_citations(door: Any) -> None:
    answers_with(door, "41 %", " [1]")
    reply = await door.http.post(
        "/api/chat", json={"question": "What was the margin?", "workspace": "finance"}, headers=AUTH
    )
    assert reply.status_code == 200
    body = reply.json()
    assert set(body) == {"answer", "query_id", "citations", "model", "usage"}
    assert body["answer"] == "41 % [1]"
    assert set(body["citations"][0]) == {"n", "document_id", "revision", "title", "page", "heading", "quote"}
    asked = door.bus.of(QueryAsked)[0]
    assert (asked.query, asked.principal.id, asked.client) == (body["query_id"], "person:alice", "gateway")
    assert door.bus.asked[0].query == asked.query


async def test_the_credential_may_come_in_the_body(door: Any) -> None:
    answers_with(door, "yes")
    reply = await door.http.post("/api/chat", json={"user_id": "erp", "question": "Is it?", "api_token": "key"})
    assert reply.status_code == 200
    assert door.bus.asked[0].credential.user_id == "erp"


async def test_a_stream_ends_with_the_answer_and_its_tokens_are_the_answer(door: Any) -> None:
    answers_with(door, "资料", "显示", "四成一。")
    reply = await door.http.post("/api/chat", json={"question": "毛利率？", "stream": True}, headers=AUTH)
    heard = events(reply.text)
    assert heard[-1][0] == "answer"
    assert (
        "".join(data["text"] for name, data in heard if name == "token") == heard[-1][1]["answer"] == "资料显示四成一。"
    )
    assert reply.headers["content-type"].startswith("text/event-stream")


async def test_a_refused_query_is_told_with_its_status(door: Any) -> None:
    answers_with(door, answer=None, error="The queue was full.", reason="expired", status=504)
    reply = await door.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.json()) == (504, {"error": "The queue was full.", "reason": "expired"})
    reply = await door.http.post("/api/chat", json={"question": "hi", "stream": True}, headers=AUTH)
    assert events(reply.text)[-1] == ("error", {"error": "The queue was full.", "reason": "expired"})


@pytest.mark.parametrize(
    ("body", "status", "reason", "word"),
    [
        ({"question": "  \n"}, 422, "empty_question", "empty"),
        ({"question": "\u200b\x00"}, 422, "empty_question", "empty"),
        ({"question": "字" * 14000}, 413, "question_too_long", "32 KiB"),
        ({"question": "hi", "wokspace": "x"}, 422, "invalid", "workspace"),
        ({}, 422, "invalid", "question"),
        ({"question": 7}, 422, "invalid", "7"),
        ({"question": "hi", "lane": "fast"}, 422, "invalid", "lane"),
        ({"question": "hi", "user_id": "x"}, 422, "invalid", "api_token"),
        (["hi"], 422, "invalid", "object"),
    ],
)
async def test_bad_bodies_are_refused_in_words(door: Any, body: Any, status: int, reason: str, word: str) -> None:
    reply = await door.http.post("/api/chat", json=body, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (status, reason)
    assert word in reply.json()["error"]
    assert not door.bus.published


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"question": "\xff"}', b'{"question": "\\ud800"}', b'{"question": NaN}']
)
async def test_broken_json_is_refused(door: Any, body: bytes) -> None:
    reply = await door.http.post("/api/chat", content=body, headers=AUTH | {"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["reason"]) == (400, "invalid_json")


async def test_a_body_of_megabytes_is_refused(door: Any) -> None:
    body = b'{"question": "' + b"x" * 2_000_000 + b'"}'
    reply = await door.http.post("/api/chat", content=body, headers=AUTH | {"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["reason"]) == (413, "too_big")


async def test_missing_and_wrong_tokens_are_401(door: Any) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}):
        reply = await door.http.post("/api/chat", json={"question": "hi"}, headers=headers)
        assert (reply.status_code, reply.json()["reason"]) == (401, "unauthenticated")
        assert reply.headers["www-authenticate"] == "Bearer"


async def test_a_secret_in_a_bad_body_is_not_repeated(door: Any) -> None:
    reply = await door.http.post("/api/login", json={"username": "a", "password": 12345678})
    assert reply.status_code == 422
    assert "12345678" not in reply.text


async def test_a_full_queue_is_503_with_retry_after(door: Any) -> None:
    door.bus.failure = Unavailable("The queue is full. Ask again later.", "queue_full", 7)
    reply = await door.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.headers["retry-after"], reply.json()["reason"]) == (503, "7", "queue_full")
    assert door.desk.waiting.unanswered() == []


async def test_a_crash_says_a_number_and_nothing_else(door: Any) -> None:
    def crash(_: Any) -> None:
        raise RuntimeError("the secret of the house")

    door.bus.replies[Admit] = crash
    reply = await door.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (500, "internal")
    assert "secret" not in reply.text


async def test_a_repeat_with_the_same_key_gets_the_first_answer(door: Any) -> None:
    answers_with(door, "first")
    headers = AUTH | {"Idempotency-Key": "order-42"}
    first = await door.http.post("/api/chat", json={"question": "hi"}, headers=headers)
    assert first.json()["query_id"] == query_id("person:alice", "order-42")
    second = await door.http.post("/api/chat", json={"question": "hi"}, headers=headers)
    door.desk.waiting._ended.clear()
    third = await door.http.post("/api/chat", json={"question": "hi"}, headers=headers)
    assert first.json() == second.json() == third.json()
    assert len(door.bus.of(QueryAsked)) == 1
    door.bus.open = set()
    assert (await door.http.post("/api/chat", json={"question": "hi"}, headers=headers)).status_code == 404


async def test_an_unsigned_or_foreign_answer_is_ignored(door: Any, tmp_path: Path) -> None:
    asked_at: asyncio.Future[QueryAsked] = asyncio.get_running_loop().create_future()

    async def then(asked: QueryAsked) -> None:
        asked_at.set_result(asked)

    door.bus.then = then
    waiting = asyncio.create_task(door.http.post("/api/chat", json={"question": "hi"}, headers=AUTH))
    asked = await asked_at
    forged = answered(asked, "forged")
    body = forged.model_dump_json().encode()
    stranger = Signer("inference", tmp_path / "stranger.key").headers(forged.address(), body)
    other = door.bus.signer.headers("answer.gateway.other", body)
    message = (await door.bus.store(answered(asked, "true"))).__class__
    for headers in ({}, stranger, other):
        forgery = message(f"answered.gateway.{asked.query}", headers, body)
        await hear_answer(body, door.desk, forgery)
    true = door.bus.stored[forged.address()]
    await hear_answer(true.data, door.desk, true)
    assert (await waiting).json()["answer"] == "true"


async def test_an_answer_that_was_not_heard_is_looked_up(door: Any) -> None:
    async def then(asked: QueryAsked) -> None:
        await door.bus.store(answered(asked, "kept"))
        call = door.desk.waiting.find(asked.query)
        call.quiet_since -= 6
        await look(door.desk, call)

    door.bus.then = then
    reply = await door.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert reply.json()["answer"] == "kept"


async def test_a_passed_deadline_is_told_and_stored(tmp_path: Path) -> None:
    async with gateway(tmp_path, answer_seconds=0.001) as door:

        async def then(asked: QueryAsked) -> None:
            await asyncio.sleep(0.002)
            await look(door.desk, door.desk.waiting.find(asked.query))

        door.bus.then = then
        reply = await door.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
        assert (reply.status_code, reply.json()["reason"]) == (504, "expired")
        assert len(door.bus.stored) == 2


async def test_a_caller_who_left_is_cancelled_after_the_grace(tmp_path: Path) -> None:
    async with gateway(tmp_path, grace_seconds=0) as door:
        call = door.desk.waiting.open(Call("a" * 32, "person:alice"))
        with call.read():
            await look(door.desk, call)
        assert not door.bus.of(QueryCancelled)
        await look(door.desk, call)
        assert door.bus.of(QueryCancelled)[0].query == call.query
        call.cancelled_at -= 3
        await look(door.desk, call)
        refused = await answers.recall(door.desk, "gateway", call.query)
        assert refused is not None
        assert refused.reason == "cancelled"


async def test_a_conversation_remembers_its_last_turns(door: Any) -> None:
    answers_with(door, "41 %")
    for question in ("the margin?", "and before?"):
        await door.http.post("/api/chat", json={"question": question, "conversation": "c1"}, headers=AUTH)
    await door.http.post(
        "/api/chat", json={"question": "x", "conversation": "c1"}, headers={"Authorization": "Bearer bob-token"}
    )
    first, second, other = door.bus.of(QueryAsked)
    assert first.history == other.history == ()
    assert [(turn.question, turn.answer) for turn in second.history] == [("the margin?", "41 %")]
    door.bus.open = {"legal"}
    await door.http.post("/api/chat", json={"question": "y", "conversation": "c1"}, headers=AUTH)
    assert door.bus.of(QueryAsked)[-1].history == ()
