"""Refuses questions and content while the audit log cannot be written."""

import asyncio
import time

from shared.bus import Bus
from shared.errors import Refused, Unavailable
from shared.events import CheckLog, LogSeen

FRESH_SECONDS = 3.0  # the log shows itself once a second
WORDS = "The audit log cannot be written now ({}), and nothing is answered without a record. Try again in a minute."


class LogGuard:
    """What was heard of the log last: whether it can be written, and its newest checkpoint."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._seen, self._at = LogSeen(problem="it was not heard of yet"), float("-inf")
        self._asking = asyncio.Lock()

    def hear(self, seen: LogSeen) -> None:
        """It showed itself. A checkpoint of fewer records than before counts as a problem of its own."""
        if not seen.problem and _size(seen.checkpoint) < _size(self._seen.checkpoint):
            before, now = _size(self._seen.checkpoint), _size(seen.checkpoint)
            seen = LogSeen(checkpoint=self._seen.checkpoint, problem=f"it held {before} records, and now {now}")
        self._seen, self._at = seen, time.monotonic()

    async def require(self) -> None:
        """Returns while the log can be written; `Unavailable` (503) otherwise."""
        if self._open():
            return
        async with self._asking:
            # One question to it speaks for all that wait here.
            if not self._open():
                self.hear(await self._asked())
        if self._seen.problem:
            raise Unavailable(WORDS.format(self._seen.problem), "audit_unavailable", 10)

    def _open(self) -> bool:
        return not self._seen.problem and time.monotonic() - self._at < FRESH_SECONDS

    async def _asked(self) -> LogSeen:
        try:
            return await self._bus.request(CheckLog(), timeout=2)
        except Refused:
            return LogSeen(checkpoint=self._seen.checkpoint, problem="it does not answer")


def _size(checkpoint: str) -> int:
    return int(checkpoint.split("\n", 2)[1]) if checkpoint else 0
