"""Schedules parsers: files that take long yield to quick ones."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from services.ingestion.settings import IngestionSettings

POLITE = 15
# Each keeps its memory.
PAUSED = 4
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class TooManySlowJobs(Exception):
    """It takes long, and too many that do are waiting: it starts again when one of them has ended."""


class ParserSlots:
    """`parsers` processes run for their first moment, and as many for longer."""

    def __init__(self, settings: IngestionSettings) -> None:
        self.quick, self.slow = asyncio.Semaphore(settings.parsers), asyncio.Semaphore(settings.parsers)
        self.paused = 0

    @asynccontextmanager
    async def turn(self, slow: bool) -> AsyncIterator["ParserSlot"]:
        """The right to run one process."""
        turn = ParserSlot(self, self.slow if slow else self.quick)
        await turn.held.acquire()
        try:
            yield turn
        finally:
            turn.end()


class ParserSlot:
    """One process's right to run, quick at first."""

    def __init__(self, lanes: ParserSlots, held: asyncio.Semaphore) -> None:
        self._lanes, self.held, self._holds = lanes, held, True

    @property
    def slow(self) -> bool:
        return self.held is self._lanes.slow

    async def lengthen(self, pid: int) -> None:
        """It takes long: the next quick one begins, and this goes on when a slow one has ended."""
        if self._lanes.slow.locked() and self._lanes.paused >= PAUSED:
            raise TooManySlowJobs
        self.end()
        self.held, self._lanes.paused = self._lanes.slow, self._lanes.paused + 1
        _tell(pid, signal.SIGSTOP)
        try:
            await self.held.acquire()
            self._holds = True
        finally:
            self._lanes.paused -= 1
        yield_to_others(pid)
        _tell(pid, signal.SIGCONT)

    def end(self) -> None:
        """Another may run."""
        if self._holds:
            self.held.release()
        self._holds = False


_lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, ParserSlots] = WeakKeyDictionary()


def lanes(settings: IngestionSettings) -> ParserSlots:
    """Those of this process."""
    return _lanes.setdefault(asyncio.get_running_loop(), ParserSlots(settings))


def spent(pid: int) -> float:
    """Seconds of the processor's time; on a busy machine a quick file takes longer by the clock, and is quick still."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(facts[11]) + int(facts[12])) / TICKS
    except (OSError, ValueError, IndexError):
        return 0.0


def yield_to_others(pid: int) -> None:
    """Others come first for the processor."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, POLITE)


def _tell(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)
