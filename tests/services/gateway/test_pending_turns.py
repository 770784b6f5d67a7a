"""A gateway is killed while questions wait: the next one has each in its conversation, exactly once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.gateway.handlers import answer as hear_answer
from services.gateway.history.adoption import adopt_all
from services.gateway.queries.deadlines import look
from services.gateway.queries.pending_queries import PendingQueries
from shared.errors import Unavailable
from shared.events import QueryAsked, QueryCancelled
from tests.services.gateway.running import AUTH, BOB, answered, gateway, token
from tests.services.gateway.test_chat import answers_with


@pytest.fixture
async def route(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path, grace_seconds=0) as opened:
        yield opened


@asynccontextmanager
async def killed(route: Any, headers: dict[str, str] = AUTH) -> AsyncIterator[QueryAsked]:
    """A gateway that took "Why?" and knows nothing of it any more."""
    taken: asyncio.Future[QueryAsked] = asyncio.get_running_loop().create_future()

    async def then(asked: QueryAsked) -> None:
        taken.set_result(asked)

    route.bus.then = then
    body = {"question": "Why?", "conversation": "a"}
    waiting = asyncio.create_task(route.http.post("/api/chat", json=body, headers=headers))
    asked = await taken
    route.context.waiting = PendingQueries()
    yield asked
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting


async def read(route: Any, headers: dict[str, str] = AUTH) -> Any:
    return (await route.http.get("/api/conversations/a", headers=headers)).json()


async def told(route: Any, asked: QueryAsked, text: str = "So.", **fields: Any) -> None:
    """The answer, heard by the gateway."""
    message = await route.bus.store(answered(asked, text, **fields))
    await hear_answer(message.data, route.context, message)


async def test_an_answer_that_was_made_meanwhile_is_a_turn_exactly_once(route: Any) -> None:
    async with killed(route) as asked:
        await route.bus.store(answered(asked, "So."))
        for _ in range(2):
            found = await read(route)
            turns = [(turn["query_id"], turn["question"], turn["answer"]) for turn in found["turns"]]
            assert (turns, found["pending"]) == ([(asked.query, "Why?", "So.")], [])


async def test_a_failure_that_was_stored_meanwhile_is_told(route: Any) -> None:
    async with killed(route) as asked:
        failed = {"answer": None, "citations": (), "error": "No model is loaded.", "reason": "no_model", "status": 503}
        await route.bus.store(answered(asked, **failed))
        (turn,) = (await read(route))["turns"]
        assert (turn["finish"], turn["error"]) == ("failed", "No model is loaded.")


async def test_what_is_still_written_is_pending_and_its_events_end_with_the_answer(route: Any) -> None:
    async with killed(route) as asked:
        await adopt_all(route.context)
        call = route.context.waiting.find(asked.query)
        route.context.waiting.hear(token(asked, 7, "the middle of it"))
        assert (await read(route))["pending"] == [{"query_id": asked.query, "question": "Why?"}]
        events = asyncio.create_task(route.http.get(f"/api/queries/{asked.query}/events", headers=AUTH))
        route.context.waiting.hear(token(asked, 8, "and its end"))
        await told(route, asked, "The middle of it and its end.")
        body = (await events).text
        assert "event: answer" in body
        assert "The middle of it and its end." in body
        assert call.text == "", "text that lacks its beginning is not shown"
        found = await read(route)
        assert ([turn["answer"] for turn in found["turns"]], found["pending"]) == (
            ["The middle of it and its end."],
            [],
        )


async def test_nobody_else_sees_it(route: Any) -> None:
    async with killed(route) as asked:
        assert (await read(route, BOB))["reason"] == "conversation_not_found"
        for _ in range(2):  # also while the asker's gateway waits for it
            stranger = await route.http.get(f"/api/queries/{asked.query}", headers=BOB)
            assert (stranger.status_code, stranger.json()["reason"]) == (404, "query_not_found")
            await adopt_all(route.context)


async def test_an_adopted_question_is_not_given_up_by_who_only_waits_for_it_too(route: Any) -> None:
    async with killed(route) as asked:
        await adopt_all(route.context)
        await look(route.context, route.context.waiting.find(asked.query))
        assert not route.bus.of(QueryCancelled)


async def test_a_deleted_conversation_does_not_come_back_with_the_answer(route: Any) -> None:
    async with killed(route) as asked:
        await adopt_all(route.context)
        assert (await route.http.delete("/api/conversations/a", headers=AUTH)).status_code == 200
        await told(route, asked)
        assert await route.context.history.turns("person:alice", "a") == []
        assert await route.context.pending.newest() == []


async def test_erasing_a_person_takes_what_they_still_wait_for(route: Any) -> None:
    async with killed(route) as asked:
        gone = await route.context.history.erase("person:alice", datetime.now(UTC) + timedelta(seconds=1))
        assert (gone["turns"], gone["conversations"]) == (1, 1)
        await told(route, asked)
        assert await route.context.history.turns("person:alice", "a") == []


async def test_a_question_that_nobody_took_leaves_no_turn(route: Any) -> None:
    route.bus.failure = Unavailable("The bus is away. Ask again.", "bus_away", 5)
    body = {"question": "Why?", "conversation": "a"}
    assert (await route.http.post("/api/chat", json=body, headers=AUTH)).status_code == 503
    assert await route.context.pending.newest() == []


async def test_an_adopted_question_that_was_never_published_expires(route: Any) -> None:
    route.context.settings.answer_seconds = 0.001
    async with killed(route):
        await asyncio.sleep(0.002)
        (turn,) = (await read(route))["turns"]
        assert turn["finish"] == "failed"
        assert "Ask again" in turn["error"]


async def test_an_answer_that_came_while_its_gateway_was_away_too_long_counts(route: Any) -> None:
    route.context.settings.answer_seconds = -60
    async with killed(route) as asked:
        await route.bus.store(answered(asked, "So."))
        (turn,) = (await read(route))["turns"]
        assert turn["answer"] == "So."


async def test_the_next_question_follows_the_answer_that_was_made_meanwhile(route: Any) -> None:
    async with killed(route) as asked:
        await route.bus.store(answered(asked, "So."))
        answers_with(route, "Then.")
        body = {"question": "And then?", "conversation": "a"}
        assert (await route.http.post("/api/chat", json=body, headers=AUTH)).status_code == 200
        follow_up = route.bus.of(QueryAsked)[-1]
        assert [(turn.question, turn.answer) for turn in follow_up.history] == [("Why?", "So.")]
        assert [turn["question"] for turn in (await read(route))["turns"]] == ["Why?", "And then?"]


async def test_the_same_key_once_more_is_published_again_and_is_one_turn(route: Any) -> None:
    headers = AUTH | {"Idempotency-Key": "k"}
    async with killed(route, headers) as asked:
        await adopt_all(route.context)
        answers_with(route, "So.")
        body = {"question": "Why?", "conversation": "a"}
        for _ in range(2):
            assert (await route.http.post("/api/chat", json=body, headers=headers)).json()["query_id"] == asked.query
        assert len(route.bus.of(QueryAsked)) == 2, "the first may have died before it was published"
        found = await read(route)
        assert ([turn["answer"] for turn in found["turns"]], found["pending"]) == (["So."], [])
