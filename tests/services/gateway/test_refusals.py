"""Bad questions, bad credentials and full queues: each told in words."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.events import Admit
from tests.services.gateway.running import AUTH, gateway


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


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
async def test_bad_bodies_are_refused_in_words(app: Any, body: Any, status: int, reason: str, word: str) -> None:
    reply = await app.http.post("/api/chat", json=body, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (status, reason)
    assert word in reply.json()["error"]
    assert not app.bus.published


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"question": "\xff"}', b'{"question": "\\ud800"}', b'{"question": NaN}']
)
async def test_broken_json_is_refused(app: Any, body: bytes) -> None:
    reply = await app.http.post("/api/chat", content=body, headers=AUTH | {"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["reason"]) == (400, "invalid_json")


async def test_a_body_of_megabytes_is_refused(app: Any) -> None:
    body = b'{"question": "' + b"x" * 2_000_000 + b'"}'
    reply = await app.http.post("/api/chat", content=body, headers=AUTH | {"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["reason"]) == (413, "too_big")


async def test_missing_and_wrong_tokens_are_401(app: Any) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}):
        reply = await app.http.post("/api/chat", json={"question": "hi"}, headers=headers)
        assert (reply.status_code, reply.json()["reason"]) == (401, "unauthenticated")
        assert reply.headers["www-authenticate"] == "Bearer"


async def test_a_secret_in_a_bad_body_is_not_repeated(app: Any) -> None:
    reply = await app.http.post("/api/login", json={"username": "a", "password": 12345678})
    assert reply.status_code == 422
    assert "12345678" not in reply.text


async def test_a_full_queue_is_503_with_retry_after(app: Any) -> None:
    app.bus.failure = Unavailable("The queue is full. Ask again later.", "queue_full", 7)
    reply = await app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.headers["retry-after"], reply.json()["reason"]) == (503, "7", "queue_full")
    assert app.context.waiting.unanswered() == []


async def test_a_crash_says_a_number_and_nothing_else(app: Any) -> None:
    def crash(_: Any) -> None:
        raise RuntimeError("the secret of the house")

    app.bus.replies[Admit] = crash
    reply = await app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (500, "internal")
    assert "secret" not in reply.text
