"""Waiting for a worker, over a real bus: places, deadlines, second thoughts and restarts."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.dispatch import service as dispatch
from services.inference import service as inference
from shared.bus.runtime import running
from shared.events import Locate, QueryCancelled, QueryStreamed
from tests.servers.bus import Server, bus
from tests.services.support.pipeline import Pipeline, configured, journey, pipeline

__all__ = ["bus", "journey"]


@pytest.fixture
async def alone(bus: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pipeline]:
    """Dispatch without any worker."""
    with configured(bus, monkeypatch):
        async with pipeline(bus, dispatch) as here:
            yield here


def waiting(position: int) -> object:
    return lambda heard: [e for e in heard if isinstance(e, QueryStreamed) and e.position == position]


async def test_a_third_question_for_two_slots_waits_and_knows_its_place(journey: Pipeline) -> None:
    go = asyncio.Event()
    journey.engine.scripts = [[go, "It is 25 days [1]."]]
    first, second, third, fourth = [await journey.ask(principal=journey.person(name)) for name in "abcd"]
    told = await journey.until(fourth, waiting(2))
    assert told.wait_seconds > 0
    found = await journey.gateway.request(Locate(query=third))
    assert (found.stage, found.position) == ("waiting", 1)
    assert (await journey.gateway.request(Locate(query=first))).stage == "answering"
    assert len(journey.engine.orders) == 2
    go.set()
    assert {(await journey.answer(query)).attempt for query in (first, second, third, fourth)} == {1}
    assert (await journey.gateway.request(Locate(query="another"))).stage == "unknown"


async def test_who_waits_in_vain_is_told_when_the_time_is_up(alone: Pipeline) -> None:
    failed = await alone.failure(await alone.ask(seconds=0.5))
    assert (failed.service, failed.reason, failed.status) == ("dispatch", "expired", 504)


async def test_a_question_cancelled_while_waiting_never_reaches_a_worker(alone: Pipeline) -> None:
    query, other = await alone.ask(), await alone.ask()
    await alone.until(other, waiting(2))
    await alone.gateway.publish(QueryCancelled(query=query, client="gateway", by="person:alice"))
    await alone.until(other, waiting(1))
    async with running(inference, alone.server.settings):
        await alone.answer(other)
    assert len(alone.engine.orders) == 1


async def test_what_waited_is_taken_again_when_dispatch_starts_again(
    bus: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()
    with configured(bus, monkeypatch):
        async with pipeline(bus, inference) as here:
            here.engine.scripts = [[go, "It is 25 days [1]."]]
            async with running(dispatch, bus.settings):
                queries = [await here.ask() for _ in range(3)]
                await here.until(queries[2], waiting(1))
            async with running(dispatch, bus.settings):
                go.set()
                assert {(await here.answer(query)).attempt for query in queries} == {1}


async def test_a_business_systems_batch_does_not_hold_up_a_person(journey: Pipeline) -> None:
    go = asyncio.Event()
    journey.engine.scripts = [[go, "First."], [go, "Second."], ["Later."]]
    busy = [await journey.ask(lane="batch", principal=journey.person("crm")) for _ in range(6)]
    await journey.until(busy[-1], waiting(4))
    person = await journey.ask(lane="interactive")
    await journey.until(person, waiting(1))
    go.set()
    await journey.answer(person)
    await asyncio.gather(*map(journey.answer, busy))
    asked = [order.messages[-1]["content"] for order in journey.engine.orders]
    assert len(asked) == 7
