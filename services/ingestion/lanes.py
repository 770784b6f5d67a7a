"""Files wait for each other no longer than a moment: what takes longer goes on beside the quick ones, more politely."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakKeyDictionary

from services.ingestion.settings import IngestionSettings

POLITE = 15


class Crowded(Exception):
    """It takes long, and as many of its kind as may are being read: it starts again when one has ended."""


class Turn:
    """The right to run one process: quick at first."""

    def __init__(self, lanes: "Lanes", slow: bool) -> None:
        self._lanes, self.slow = lanes, slow

    async def lengthen(self, pid: int) -> None:
        """It takes long: let the next quick one begin, or `Crowded`."""
        if self._lanes.slow.locked():
            raise Crowded
        await self._lanes.slow.acquire()
        self._lanes.quick.release()
        self.slow = True
        yield_to_others(pid)


class Lanes:
    """How many processes run: `parsers` for their first moment, half as many for longer."""

    def __init__(self, settings: IngestionSettings) -> None:
        self.quick = asyncio.Semaphore(settings.parsers)
        self.slow = asyncio.Semaphore(max(1, settings.parsers // 2))

    @asynccontextmanager
    async def turn(self, slow: bool) -> AsyncIterator[Turn]:
        """One process at a time of those that may run."""
        turn = Turn(self, slow)
        await (self.slow if slow else self.quick).acquire()
        try:
            yield turn
        finally:
            (self.slow if turn.slow else self.quick).release()


_lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, Lanes] = WeakKeyDictionary()


def lanes(settings: IngestionSettings) -> Lanes:
    """Those of this process."""
    return _lanes.setdefault(asyncio.get_running_loop(), Lanes(settings))


def yield_to_others(pid: int) -> None:
    """Others come first for the processor."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, POLITE)
