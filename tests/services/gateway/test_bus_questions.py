"""Questions of business systems, and what gave up elsewhere."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.gateway.bus import questions
from services.gateway.queries import answers, failures
from shared.bus import Delivery
from shared.errors import RetryLater, Unavailable
from shared.events import Admit, QueryAnswered, QueryAsked, StepFailed, query_id
from tests.services.gateway.running import answered, gateway, question


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


def asks(body: Any, sequence: int = 7, attempt: int = 1) -> Delivery:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return Delivery("ask.crm", {}, data, "ASKS", sequence, attempt)


async def test_a_question_from_the_bus_is_asked_as_its_sender(door: Any) -> None:
    await questions.take(
        door.context, asks({"question": "Margin?", "workspace": "finance", "key": "order-42", "lane": "batch"})
    )
    asked = door.bus.of(QueryAsked)[0]
    assert (asked.query, asked.client, asked.principal.id) == (query_id("crm", "order-42"), "crm", "app:crm")
    assert (asked.lane, asked.key) == ("batch", "order-42")
    assert door.bus.asked[0].credential.client == "crm"
    assert door.bus.told[0].address() == f"stream.crm.{asked.query}"


async def test_a_question_from_the_bus_may_name_several_workspaces(door: Any) -> None:
    await questions.take(door.context, asks({"question": "Margin?", "workspaces": ["finance", "legal"]}))
    assert door.bus.of(QueryAsked)[0].workspaces == door.bus.asked[0].workspaces == ("finance", "legal")


async def test_a_repeat_hears_the_first_answer_byte_for_byte(door: Any) -> None:
    message = asks({"question": "Margin?", "key": "order-42"})
    await questions.take(door.context, message)
    stored = await door.bus.store(answered(door.bus.of(QueryAsked)[0]))
    await questions.take(door.context, message)
    subject, data, headers = door.bus.sent[0]
    assert (subject, data) == (f"answered.crm.{query_id('crm', 'order-42')}", stored.data)
    assert headers["cloister-signature"] == stored.headers["cloister-signature"]
    assert len(door.bus.of(QueryAsked)) == 1
    await questions.repeat(door.context, Delivery("recall.crm", {}, query_id("crm", "order-42").encode()))
    await questions.repeat(door.context, Delivery("recall.crm", {}, b"*"))
    assert len(door.bus.sent) == 2


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"this is no json", "JSON"),
        (b"\xff\xfe", "JSON"),
        ({"question": "hi", "client": "hr"}, "client"),
        ({"question": "hi", "wokspace": "x"}, "Did you mean 'workspace'?"),
        ({"question": "hi", "colour": "x"}, "Known are"),
        ({"question": "  "}, "empty"),
        ({"question": 7}, "question"),
        ({"question": "字" * 12000}, "32 KiB"),
        ({"question": "hi", "key": ""}, "key"),
        ([1], ""),
    ],
)
async def test_a_bad_message_is_answered_with_a_reason(door: Any, body: Any, word: str) -> None:
    await questions.take(door.context, asks(body))
    [refused] = door.bus.of(QueryAnswered)
    [failed] = door.bus.of(StepFailed)
    assert word in refused.error
    assert refused.query == failed.about == query_id("crm", "seq:7")
    assert 400 <= refused.status < 500
    assert await answers.recall(door.context, "crm", refused.query) == refused
    assert not door.bus.of(QueryAsked)


async def test_a_bad_message_keeps_its_key(door: Any) -> None:
    await questions.take(door.context, asks({"question": "", "key": "k"}))
    [refused] = door.bus.of(QueryAnswered)
    assert (refused.key, refused.query) == ("k", query_id("crm", "k"))


async def test_a_refusal_of_auth_is_the_answer(door: Any) -> None:
    await questions.take(door.context, asks({"question": "hi", "workspace": "legal"}))
    [refused] = door.bus.of(QueryAnswered)
    assert (refused.status, refused.reason) == (404, "workspace_not_found")


async def test_while_auth_is_away_a_question_comes_again_and_is_refused_at_last(door: Any) -> None:
    def away(_: Any) -> None:
        raise Unavailable("auth does not answer now.")

    door.bus.replies[Admit] = away
    with pytest.raises(RetryLater):
        await questions.take(door.context, asks({"question": "hi"}))
    assert not door.bus.published
    await questions.take(door.context, asks({"question": "hi"}, attempt=5))
    assert door.bus.of(QueryAnswered)[0].reason == "unavailable"


def failed(**fields: Any) -> Delivery:
    event = StepFailed(service="retrieval", event="query.asked.v1", error="It failed.", reason="gave_up", **fields)
    return Delivery("failed.retrieval", {}, event.model_dump_json().encode(), "FAILED", 1)


async def test_what_gave_up_elsewhere_becomes_the_answer_once(door: Any) -> None:
    asked = question("b" * 32)
    message = failed(about=asked.query, client="gateway", principal=asked.principal.id, key=asked.key)
    for _ in range(2):
        await failures.hear(door.context, message)
    [refused] = door.bus.of(QueryAnswered)
    assert (refused.reason, refused.status, refused.principal) == ("gave_up", 500, "person:alice")


async def test_a_failure_about_no_query_is_nobodys_answer(door: Any) -> None:
    await failures.hear(door.context, failed(about="document-1"))
    await failures.hear(door.context, Delivery("failed.x", {}, b"nonsense", "FAILED", 2))
    assert not door.bus.published


@pytest.mark.parametrize("stream", ["QUERIES", "ASKS", "DOCUMENTS"])
async def test_a_message_delivered_too_often_is_refused(door: Any, stream: str) -> None:
    asked = question("c" * 32)
    kept = {"QUERIES": Delivery("query.asked.v1", {}, asked.model_dump_json().encode(), "QUERIES", 9)}
    door.bus.stored["kept"] = kept.get(stream, asks({"question": "hi", "key": "k"}, sequence=9))
    body = orjson.dumps({"stream": stream, "consumer": "x", "stream_seq": 9, "deliveries": 6})
    await failures.hear(door.context, Delivery(f"{failures.ADVISORY}{stream}.x", {}, body, "FAILED", 3))
    reasons = [answer.reason for answer in door.bus.of(QueryAnswered)]
    assert reasons == ([] if stream == "DOCUMENTS" else ["gave_up"])
    gone = orjson.dumps({"stream": stream, "consumer": "x", "stream_seq": 10})
    await failures.hear(door.context, Delivery(f"{failures.ADVISORY}{stream}.x", {}, gone, "FAILED", 4))


def test_query_ids_are_32_hex_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", query_id("crm", "order-42"))
