"""An old answer asks again for the rights to what it cites: over HTTP, in a conversation, on the bus."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.gateway.bus import questions
from services.gateway.queries.answers import proven
from shared.bus import Delivery
from shared.errors import Unavailable
from shared.events import MayRead, QueryAnswered, QueryAsked, query_id
from tests.services.gateway.running import AUTH, answered, gateway
from tests.services.gateway.test_bus_questions import asks
from tests.services.gateway.test_chat import answers_with


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        answers_with(opened, "41 %")
        yield opened


async def test_an_answer_is_gone_while_a_document_that_it_cites_is_closed(app: Any) -> None:
    body, headers = {"question": "hi"}, AUTH | {"Idempotency-Key": "k"}
    asked = (await app.http.post("/api/chat", json=body, headers=headers)).json()["query_id"]
    for closed, status in (({"d1"}, 404), (set(), 200)):
        app.bus.closed = closed
        assert (await app.http.get(f"/api/queries/{asked}", headers=AUTH)).status_code == status
        assert (await app.http.get(f"/api/queries/{asked}/events", headers=AUTH)).status_code == status
        assert (await app.http.post("/api/chat", json=body, headers=headers)).status_code == status
    missing = await app.http.get(f"/api/queries/{'0' * 32}", headers=AUTH)
    app.bus.closed = {"d1"}
    assert (await app.http.get(f"/api/queries/{asked}", headers=AUTH)).content == missing.content


async def test_while_nobody_knows_the_rights_no_old_answer_is_read(app: Any) -> None:
    asked = (await app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)).json()["query_id"]

    def away(_: MayRead) -> None:
        raise Unavailable("Ingestion does not answer now. Try again in a few seconds.")

    app.bus.replies[MayRead] = away
    assert (await app.http.get(f"/api/queries/{asked}", headers=AUTH)).status_code == 503


async def test_a_turn_that_cites_a_closed_document_is_left_out_of_what_the_model_sees(app: Any) -> None:
    async def ask(question: str) -> QueryAsked:
        await app.http.post("/api/chat", json={"question": question, "conversation": "c"}, headers=AUTH)
        asked: QueryAsked = app.bus.of(QueryAsked)[-1]
        return asked

    await ask("the margin?")
    assert [turn.question for turn in (await ask("and before?")).history] == ["the margin?"]
    app.bus.closed = {"d1"}
    assert (await ask("and next year?")).history == ()


async def test_a_business_system_is_refused_an_answer_whose_documents_are_closed_to_it(app: Any) -> None:
    app.bus.then = None
    message, query = asks({"question": "Margin?", "key": "order-42"}), query_id("crm", "order-42")
    await questions.take(app.context, message)
    stored = await app.bus.store(answered(app.bus.of(QueryAsked)[0]))
    app.bus.closed = {"d1"}
    await questions.take(app.context, message)
    await questions.repeat(app.context, Delivery("recall.crm", {}, query.encode()))
    for subject, data, headers in app.bus.sent:
        told = proven(app.context, Delivery(subject, headers, data), "crm")
        assert told is not None, "clients check the signature"
        assert (told.reason, told.status, told.answer, told.citations) == ("query_not_found", 404, None, ())
    assert len(app.bus.sent) == 2
    app.bus.closed = set()
    await questions.repeat(app.context, Delivery("recall.crm", {}, query.encode()))
    assert app.bus.sent[-1][1] == stored.data, "the stored answer stays what it was"
    assert len(app.bus.of(QueryAnswered)) == 1
