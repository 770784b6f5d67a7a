"""Publishes committed batches to the stream AUDIT_LOG, in order, once each."""

import asyncio
from typing import Protocol

from services.audit.log.batches.bundle import STREAM, SUBJECT, Bundle
from services.audit.log.batches.store import bundles_after
from shared.bus import Delivery
from shared.errors import Conflict
from shared.sql.database import Database


class LogBus(Protocol):
    """What is needed of the bus."""

    async def last(self, stream: str, subject: str) -> Delivery | None: ...
    async def append(self, subject: str, data: bytes, headers: dict[str, str], *, after: int) -> int: ...


class Publisher:
    """Knows the last batch on the stream, and its place there: the server refuses what does not come right after."""

    def __init__(self, database: Database, bus: LogBus) -> None:
        self._database, self._bus = database, bus
        self._turn = asyncio.Lock()
        self._last: tuple[int, int] | None = None  # batch, sequence in the stream

    async def publish(self, bundle: Bundle | None = None) -> None:
        """Everything that is not there yet; `bundle` spares a look into the tables."""
        async with self._turn:
            for _ in range(3):
                try:
                    return await self._publish(bundle)
                except Conflict:
                    self._last = None
                except BaseException:  # also when cancelled: the position on the stream is unknown then
                    self._last = None
                    raise
            await self._publish(None)

    async def _publish(self, bundle: Bundle | None) -> None:
        batch, sequence = self._last or await self.position()
        if bundle is None or bundle.batch != batch + 1:
            async for missing in bundles_after(self._database, batch):
                sequence = await self._send(missing, sequence)
                self._last = (missing.batch, sequence)
        else:
            self._last = (bundle.batch, await self._send(bundle, sequence))

    async def position(self) -> tuple[int, int]:
        """The last batch on the stream and its sequence; zeros when there is none."""
        last = await self._bus.last(STREAM, SUBJECT)
        return (int(last.headers["Log-Batch"]), last.sequence) if last else (0, 0)

    async def _send(self, bundle: Bundle, after: int) -> int:
        return await self._bus.append(SUBJECT, bundle.body(), bundle.headers(), after=after)
