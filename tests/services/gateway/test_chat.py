"""Asking over HTTP: JSON and server-sent events, good and bad."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.gateway.handlers import answer as hear_answer
from shared.events import QueryAsked, QueryStreamed, Source, query_id
from tests.services.gateway.running import AUTH, answered, gateway, token


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


def answers_with(app: Any, *texts: str, **fields: Any) -> None:
    """Each question is answered at once, its tokens first."""

    async def then(asked: QueryAsked) -> None:
        for n, text in enumerate(texts):
            app.context.waiting.hear(token(asked, n, text))
        message = await app.bus.store(answered(asked, "".join(texts), **fields))
        await hear_answer(message.data, app.context, message)

    app.bus.then = then


def events(body: str) -> list[tuple[str, Any]]:
    return [(name, orjson.loads(data)) for name, data in re.findall(r"event: (\w+)\n(?:id: .*\n)?data: (.*)\n", body)]


async def test_a_question_is_answered_with_its_citations(app: Any) -> None:
    answers_with(app, "41 %", " [1]")
    reply = await app.http.post(
        "/api/chat", json={"question": "What was the margin?", "workspace": "finance"}, headers=AUTH
    )
    assert reply.status_code == 200
    body = reply.json()
    assert set(body) == {"answer", "query_id", "citations", "model", "usage", "unfounded"}
    assert body["answer"] == "41 % [1]"
    place = {"n", "document_id", "revision", "title", "page", "heading", "quote"}
    assert set(body["citations"][0]) == place | {"superseded", "newest", "used"}
    asked = app.bus.of(QueryAsked)[0]
    assert (asked.query, asked.principal.id, asked.client) == (body["query_id"], "person:alice", "gateway")
    assert app.bus.asked[0].query == asked.query


async def test_several_workspaces_are_asked_at_once(app: Any) -> None:
    answers_with(app, "yes")
    body = {"question": "Is it?", "workspaces": ["finance", "legal"]}
    assert (await app.http.post("/api/chat", json=body, headers=AUTH)).status_code == 200
    assert app.bus.asked[0].workspaces == app.bus.of(QueryAsked)[0].workspaces == ("finance", "legal")
    for wrong in ("finance", [7], [""], ["x"] * 51):
        reply = await app.http.post("/api/chat", json=body | {"workspaces": wrong}, headers=AUTH)
        assert reply.status_code == 422
        assert "workspaces" in reply.json()["error"]


async def test_the_credential_may_come_in_the_body(app: Any) -> None:
    answers_with(app, "yes")
    reply = await app.http.post("/api/chat", json={"user_id": "erp", "question": "Is it?", "api_token": "key"})
    assert reply.status_code == 200
    assert app.bus.asked[0].credential.user_id == "erp"


async def test_a_stream_ends_with_the_answer_and_its_tokens_are_the_answer(app: Any) -> None:
    answers_with(app, "资料", "显示", "四成一。")
    reply = await app.http.post("/api/chat", json={"question": "毛利率？", "stream": True}, headers=AUTH)
    heard = events(reply.text)
    assert heard[-1][0] == "answer"
    assert (
        "".join(data["text"] for name, data in heard if name == "token") == heard[-1][1]["answer"] == "资料显示四成一。"
    )
    assert reply.headers["content-type"].startswith("text/event-stream")


async def test_a_refused_query_is_told_with_its_status(app: Any) -> None:
    answers_with(app, answer=None, error="The queue was full.", reason="expired", status=504)
    reply = await app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.json()) == (504, {"error": "The queue was full.", "reason": "expired"})
    reply = await app.http.post("/api/chat", json={"question": "hi", "stream": True}, headers=AUTH)
    assert events(reply.text)[-1] == ("error", {"error": "The queue was full.", "reason": "expired"})


async def test_a_repeat_with_the_same_key_gets_the_first_answer(app: Any) -> None:
    answers_with(app, "first")
    headers = AUTH | {"Idempotency-Key": "order-42"}
    first = await app.http.post("/api/chat", json={"question": "hi"}, headers=headers)
    assert first.json()["query_id"] == query_id("person:alice", "order-42")
    second = await app.http.post("/api/chat", json={"question": "hi"}, headers=headers)
    app.context.waiting._ended.clear()
    third = await app.http.post("/api/chat", json={"question": "hi"}, headers=headers)
    assert first.json() == second.json() == third.json()
    assert len(app.bus.of(QueryAsked)) == 1
    app.bus.open = set()
    assert (await app.http.post("/api/chat", json={"question": "hi"}, headers=headers)).status_code == 404


async def test_a_repeat_in_a_narrower_workspace_gets_the_first_answer_too(app: Any) -> None:
    answers_with(app, "first")
    app.bus.open = {"finance", "legal"}
    headers = AUTH | {"Idempotency-Key": "order-43"}
    first = await app.http.post("/api/chat", json={"question": "hi"}, headers=headers)
    for workspace in ("legal", "finance"):
        app.context.waiting._ended.clear()
        again = await app.http.post("/api/chat", json={"question": "hi", "workspace": workspace}, headers=headers)
        assert (again.status_code, again.json()) == (200, first.json())
    app.bus.open = {"legal"}
    gone = await app.http.post("/api/chat", json={"question": "hi", "workspace": "legal"}, headers=headers)
    assert (gone.status_code, gone.json()["reason"]) == (404, "query_not_found")
    assert len(app.bus.of(QueryAsked)) == 1


async def test_a_conversation_remembers_its_last_turns(app: Any) -> None:
    answers_with(app, "41 %")
    for question in ("the margin?", "and before?"):
        await app.http.post("/api/chat", json={"question": question, "conversation": "c1"}, headers=AUTH)
    await app.http.post(
        "/api/chat", json={"question": "x", "conversation": "c1"}, headers={"Authorization": "Bearer bob-token"}
    )
    first, second, other = app.bus.of(QueryAsked)
    assert first.history == other.history == ()
    assert [(turn.question, turn.answer) for turn in second.history] == [("the margin?", "41 %")]
    app.bus.open = {"legal"}
    await app.http.post("/api/chat", json={"question": "y", "conversation": "c1"}, headers=AUTH)
    assert app.bus.of(QueryAsked)[-1].history == ()


async def test_the_sources_are_told_before_the_first_token(app: Any) -> None:
    source = Source(document_id="d1", revision=1, title="q4.pdf", page=3)

    async def then(asked: QueryAsked) -> None:
        about = {"query": asked.query, "client": asked.client}
        app.context.waiting.hear(QueryStreamed(**about, kind="progress", stage="grounded", sources=(source,)))
        app.context.waiting.hear(QueryStreamed(**about, kind="progress", stage="waiting", position=2))
        await asyncio.sleep(0)
        app.context.waiting.hear(token(asked, 0, "41 %"))
        message = await app.bus.store(answered(asked, "41 %"))
        await hear_answer(message.data, app.context, message)

    app.bus.then = then
    reply = await app.http.post("/api/chat", json={"question": "hi", "stream": True}, headers=AUTH)
    heard = events(reply.text)
    names = [name for name, _ in heard]
    assert names.index("sources") < names.index("token")
    assert names.count("sources") == 1
    assert dict(heard)["sources"] == {"sources": [source.model_dump()]}
