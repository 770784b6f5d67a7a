"""A business system asks over a real bus."""

import asyncio

import pytest

from client import Bus, Refused, Unreachable
from client.sdk.errors import TimedOut
from shared.events import QueryAnswered, QueryStreamed, query_id
from tests.servers.bus import Server, bus  # noqa: F401
from tests.support.system_stub import answering


def answer_keys(server: Server) -> dict[str, str]:
    return {path.stem: path.read_text() for path in (server.keys / "answers").glob("*.pub")}


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missed answer is asked for after a moment."""
    monkeypatch.setattr("client.sdk.bus.RECALL_SECONDS", 0.2)


async def test_a_question_is_answered(bus: Server) -> None:  # noqa: F811
    async with answering(bus) as cloister, Bus(bus.url, "crm", "crm", answer_keys(bus)) as crm:
        answer = await crm.ask("How long is the notice period?", workspace="legal", key="order-42")
    assert answer.answer == "Thirty days [1]."
    assert cloister.asked == [{"question": "How long is the notice period?", "workspace": "legal", "key": "order-42"}]


async def test_words_come_before_the_answer(bus: Server) -> None:  # noqa: F811
    async with answering(bus), Bus(bus.url, "crm", "crm") as crm:
        pieces = [piece async for piece in crm.stream("How long?")]
    assert [type(piece) for piece in pieces] == [QueryStreamed, QueryAnswered]


async def test_the_same_key_gets_the_first_answer(bus: Server, hurry: None) -> None:  # noqa: F811
    async with answering(bus) as cloister:
        async with Bus(bus.url, "crm", "crm") as crm:
            first = await crm.ask("How long?", key="order-42")
        cloister.text, cloister.silent = "Something else.", True
        async with Bus(bus.url, "crm", "crm") as crm:
            assert await crm.ask("How long?", key="order-42", timeout=10) == first


async def test_a_refusal_is_raised_in_its_own_words(bus: Server) -> None:  # noqa: F811
    async with answering(bus) as cloister, Bus(bus.url, "crm", "crm") as crm:
        cloister.refusal = {"error": "There is no such workspace.", "reason": "workspace_not_found", "status": 404}
        with pytest.raises(Refused, match="no such workspace") as refused:
            await crm.ask("How long?", workspace="nowhere")
    assert (refused.value.reason, refused.value.status) == ("workspace_not_found", 404)


async def test_an_answer_without_its_signature_is_no_answer(bus: Server) -> None:  # noqa: F811
    async with answering(bus) as cloister, Bus(bus.url, "crm", "crm", answer_keys(bus)) as crm:
        cloister.silent = True
        asked = asyncio.create_task(crm.ask("How long?", key="order-42"))
        await cloister.forged("crm", "order-42")
        await cloister.answer("crm", query_id("crm", "order-42"))
        assert (await asked).answer == "Thirty days [1]."


async def test_answers_that_no_key_proves_are_told_of_when_time_is_up(bus: Server) -> None:  # noqa: F811
    swapped = dict.fromkeys(answer_keys(bus), answer_keys(bus)["inference"])
    async with answering(bus), Bus(bus.url, "crm", "crm", swapped) as crm:
        with pytest.raises(TimedOut, match=r"signature of answer\.crm\.\w+ is invalid"):
            await crm.ask("How long?", timeout=1)


async def test_a_restart_of_the_bus_loses_no_answer(bus: Server, hurry: None) -> None:  # noqa: F811
    async with Bus(bus.url, "crm", "crm") as crm:
        async with answering(bus) as cloister:
            cloister.silent = True
            asked = asyncio.create_task(crm.ask("How long?", key="order-42"))
            await asyncio.wait_for(cloister.heard.wait(), 5)
        await asyncio.to_thread(bus.restart)
        async with answering(bus) as cloister:
            await cloister.answer("crm", query_id("crm", "order-42"))
            assert (await asyncio.wait_for(asked, 20)).answer == "Thirty days [1]."


async def test_a_question_asked_while_the_bus_is_away_is_kept_when_it_is_back(bus: Server) -> None:  # noqa: F811
    async with Bus(bus.url, "crm", "crm") as crm:
        await asyncio.to_thread(bus.stop)
        asked = asyncio.create_task(crm.ask("How long?"))
        await asyncio.to_thread(bus.restart)
        async with answering(bus):
            assert (await asyncio.wait_for(asked, 20)).answer == "Thirty days [1]."


async def test_waiting_ends_and_says_how_to_go_on(bus: Server) -> None:  # noqa: F811
    async with Bus(bus.url, "crm", "crm") as crm:
        with pytest.raises(TimedOut, match=r"ask again with key='order-42'"):
            await crm.ask("How long?", key="order-42", timeout=0.2)


async def test_a_question_that_is_too_big_is_refused_at_once(bus: Server) -> None:  # noqa: F811
    async with Bus(bus.url, "crm", "crm") as crm:
        with pytest.raises(Refused, match="larger than 64 KiB"):
            await crm.ask("x" * 70_000)


async def test_a_wrong_key_is_told_in_words(bus: Server) -> None:  # noqa: F811
    with pytest.raises(Refused, match="cloister keys add crm --bus") as refused:
        async with Bus(bus.url, "crm", "wrong"):
            pass
    assert refused.value.reason == "unauthenticated"


async def test_a_bus_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(Unreachable, match=r"nats://127\.0\.0\.1:1 cannot be reached"):
        async with Bus("nats://127.0.0.1:1", "crm", "crm"):
            pass


async def test_many_questions_wait_at_once_on_one_line(bus: Server) -> None:  # noqa: F811
    async with answering(bus) as cloister, Bus(bus.url, "crm", "crm") as crm:
        answers = await asyncio.gather(*(crm.ask(f"Question {n}?") for n in range(10)))
    assert len({answer.query for answer in answers}) == 10
    assert {ask["question"] for ask in cloister.asked} == {f"Question {n}?" for n in range(10)}
