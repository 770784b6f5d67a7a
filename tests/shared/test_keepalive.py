"""A message in work stays its worker's own, however long that takes."""

import asyncio
from dataclasses import dataclass, field

import nats.errors

from shared.bus import Delivery
from shared.bus.consuming.keepalive import kept


@dataclass(frozen=True)
class Counted(Delivery):
    """Counts the signs of life; the bus is away when the first comes."""

    told: list[int] = field(default_factory=list)
    often: asyncio.Event = field(default_factory=asyncio.Event)

    async def in_progress(self) -> None:
        self.told.append(len(self.told))
        if len(self.told) == 1:
            raise nats.errors.ConnectionReconnectingError
        if len(self.told) == 3:
            self.often.set()


async def test_the_bus_hears_of_long_work_until_it_ends() -> None:
    message = Counted("query.asked.v1", {}, b"")
    with kept(message, 0.01):
        await asyncio.wait_for(message.often.wait(), 5)
    heard = len(message.told)
    await asyncio.sleep(0.05)
    assert len(message.told) == heard


async def test_short_work_is_not_told() -> None:
    message = Counted("query.asked.v1", {}, b"")
    with kept(message, 0.01):
        pass
    await asyncio.sleep(0.03)
    assert message.told == []
