"""A worker killed in the middle: its question goes to another at once."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator

import pytest

from infra.nats.server import free_port
from services.dispatch import service as dispatch
from services.inference import service as inference
from shared.bus.runtime import running
from shared.events import QueryStreamed
from shared.settings import environment
from tests.servers.bus import Server, bus
from tests.services.support.pipeline import Pipeline, configured, pipeline

__all__ = ["bus"]


@pytest.fixture
async def journey(bus: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pipeline]:
    with configured(bus, monkeypatch):
        async with pipeline(bus, dispatch) as here:
            yield here


def answering(attempt: int) -> object:
    return lambda heard: [e for e in heard if isinstance(e, QueryStreamed) and e.attempt == attempt and e.text]


async def test_another_worker_starts_within_a_tenth_of_a_second(journey: Pipeline) -> None:
    server = journey.server
    silent = environment(
        home=server.home,
        nats_url=server.url,
        http_port=free_port(),
        engine="tests.services.support.scripted_engine:open_silent",
    )
    first = await asyncio.create_subprocess_exec(sys.executable, "-m", "services", "inference", env=silent)
    query = await journey.ask()
    await journey.until(query, answering(1))
    async with running(inference, server.settings):
        first.kill()
        killed = time.monotonic()
        await journey.until(query, answering(2))
        assert time.monotonic() - killed < 0.1
        answered = await journey.answer(query)
    assert (answered.answer, answered.attempt) == ("It is 25 days [1].", 2)
    await first.wait()
