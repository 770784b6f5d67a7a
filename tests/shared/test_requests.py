"""A request between services on a real bus."""

import asyncio

import pytest

from shared.bus import Bus, Service
from shared.bus.runtime import running
from shared.errors import Unavailable
from shared.events import Locate, Located
from tests.servers.bus import Server, bus

__all__ = ["bus"]


@pytest.fixture
def dispatch() -> Service[None]:
    service = Service[None]("dispatch")

    @service.reply(Locate)
    async def locate(request: Locate) -> Located:
        return Located(stage="waiting")

    return service


async def test_a_request_waits_for_a_service_that_starts_again(bus: Server, dispatch: Service[None]) -> None:
    gateway = Bus("gateway", bus.settings)
    await gateway.broker.connect()
    asked = asyncio.create_task(gateway.request(Locate(query="1")))
    done, _ = await asyncio.wait([asked], timeout=0.5)
    assert not done, "nobody replies yet, and nobody was refused"
    async with running(dispatch, bus.settings):
        assert (await asked).stage == "waiting"
    await gateway.broker.stop()


async def test_a_service_that_stays_away_is_named(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.bus.connection.RESTART_SECONDS", 0.2)
    gateway = Bus("gateway", bus.settings)
    await gateway.broker.connect()
    with pytest.raises(Unavailable, match="dispatch does not answer now"):
        await gateway.request(Locate(query="1"))
    await gateway.broker.stop()
