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
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


def asks(body: Any, sequence: int = 7, attempt: int = 1) -> Delivery:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return Delivery("ask.crm", {}, data, "ASKS", sequence, attempt)


async def test_a_question_from_the_bus_is_asked_as_its_sender(app: Any) -> None:
    await questions.take(
        app.context, asks({"question": "Margin?", "workspace": "finance", "key": "order-42", "lane": "batch"})
    )
    asked = app.bus.of(QueryAsked)[0]
    assert (asked.query, asked.client, asked.principal.id) == (query_id("crm", "order-42"), "crm", "app:crm")
    assert (asked.lane, asked.key) == ("batch", "order-42")
    assert app.bus.asked[0].credential.client == "crm"
    assert app.bus.told[0].address() == f"stream.crm.{asked.query}"


async def test_a_question_from_the_bus_may_name_several_workspaces(app: Any) -> None:
    await questions.take(app.context, asks({"question": "Margin?", "workspaces": ["finance", "legal"]}))
    assert app.bus.of(QueryAsked)[0].workspaces == app.bus.asked[0].workspaces == ("finance", "legal")


async def test_a_repeat_hears_the_first_answer_byte_for_byte(app: Any) -> None:
    message = asks({"question": "Margin?", "key": "order-42"})
    await questions.take(app.context, message)
    stored = await app.bus.store(answered(app.bus.of(QueryAsked)[0]))
    await questions.take(app.context, message)
    subject, data, headers = app.bus.sent[0]
    assert (subject, data) == (f"answered.crm.{query_id('crm', 'order-42')}", stored.data)
    assert headers["cloister-signature"] == stored.headers["cloister-signature"]
    assert len(app.bus.of(QueryAsked)) == 1
    await questions.repeat(app.context, Delivery("recall.crm", {}, query_id("crm", "order-42").encode()))
    await questions.repeat(app.context, Delivery("recall.crm", {}, b"*"))
    assert len(app.bus.sent) == 2


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
async def test_a_bad_message_is_answered_with_a_reason(app: Any, body: Any, word: str) -> None:
    await questions.take(app.context, asks(body))
    [refused] = app.bus.of(QueryAnswered)
    [failed] = app.bus.of(StepFailed)
    assert word in refused.error
    assert refused.query == failed.about == query_id("crm", "seq:7")
    assert 400 <= refused.status < 500
    assert await answers.recall(app.context, "crm", refused.query) == refused
    assert not app.bus.of(QueryAsked)


async def test_a_bad_message_keeps_its_key(app: Any) -> None:
    await questions.take(app.context, asks({"question": "", "key": "k"}))
    [refused] = app.bus.of(QueryAnswered)
    assert (refused.key, refused.query) == ("k", query_id("crm", "k"))


async def test_a_refusal_of_auth_is_the_answer(app: Any) -> None:
    await questions.take(app.context, asks({"question": "hi", "workspace": "legal"}))
    [refused] = app.bus.of(QueryAnswered)
    assert (refused.status, refused.reason) == (404, "workspace_not_found")


async def test_while_auth_is_away_a_question_comes_again_and_is_refused_at_last(app: Any) -> None:
    def away(_: Any) -> None:
        raise Unavailable("auth does not answer now.")

    app.bus.replies[Admit] = away
    with pytest.raises(RetryLater):
        await questions.take(app.context, asks({"question": "hi"}))
    assert not app.bus.published
    await questions.take(app.context, asks({"question": "hi"}, attempt=5))
    assert app.bus.of(QueryAnswered)[0].reason == "unavailable"


def failed(**fields: Any) -> Delivery:
    event = StepFailed(service="retrieval", event="query.asked.v1", error="It failed.", reason="gave_up", **fields)
    return Delivery("failed.retrieval", {}, event.model_dump_json().encode(), "FAILED", 1)


async def test_what_gave_up_elsewhere_becomes_the_answer_once(app: Any) -> None:
    asked = question("b" * 32)
    message = failed(about=asked.query, client="gateway", principal=asked.principal.id, key=asked.key)
    for _ in range(2):
        await failures.hear(app.context, message)
    [refused] = app.bus.of(QueryAnswered)
    assert (refused.reason, refused.status, refused.principal) == ("gave_up", 500, "person:alice")


async def test_a_failure_about_no_query_is_nobodys_answer(app: Any) -> None:
    await failures.hear(app.context, failed(about="document-1"))
    await failures.hear(app.context, Delivery("failed.x", {}, b"nonsense", "FAILED", 2))
    assert not app.bus.published


@pytest.mark.parametrize("stream", ["QUERIES", "ASKS", "DOCUMENTS"])
async def test_a_message_delivered_too_often_is_refused(app: Any, stream: str) -> None:
    asked = question("c" * 32)
    kept = {"QUERIES": Delivery("query.asked.v1", {}, asked.model_dump_json().encode(), "QUERIES", 9)}
    app.bus.stored["kept"] = kept.get(stream, asks({"question": "hi", "key": "k"}, sequence=9))
    body = orjson.dumps({"stream": stream, "consumer": "x", "stream_seq": 9, "deliveries": 6})
    await failures.hear(app.context, Delivery(f"{failures.ADVISORY}{stream}.x", {}, body, "FAILED", 3))
    reasons = [answer.reason for answer in app.bus.of(QueryAnswered)]
    assert reasons == ([] if stream == "DOCUMENTS" else ["gave_up"])
    gone = orjson.dumps({"stream": stream, "consumer": "x", "stream_seq": 10})
    await failures.hear(app.context, Delivery(f"{failures.ADVISORY}{stream}.x", {}, gone, "FAILED", 4))


def test_query_ids_are_32_hex_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", query_id("crm", "order-42"))
