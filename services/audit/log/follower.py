"""Follows the log with a durable position: each record at least once, in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from services.audit.log.reader import LogReader, RecordFilter
from services.audit.log.tables import leaves, positions
from shared.sql.database import Database

log = logging.getLogger(__name__)
POLL_SECONDS = 0.5
LONGEST_PAUSE = 60.0
Send = Callable[[list[bytes]], Awaitable[None]]


@dataclass
class Follower:
    """`send` gets records and returns when they are delivered; what it raises is tried again, ever more slowly.

    A new name begins with what is written from now on.
    """

    name: str
    database: Database
    reader: LogReader
    send: Send
    kind: str | None = None
    batch: int = 250
    overlap: int = 0  # records sent again after a failure, where the receiver does not acknowledge
    problem: str = ""
    started: bool = False

    async def run(self) -> None:
        """For ever. A dead receiver holds up nobody but itself."""
        seq, pause = await self._begin(), POLL_SECONDS
        self.started = True
        while True:
            found, last = await self.reader.records(RecordFilter(after=seq, subject=self.kind), self.batch)
            try:
                if found:
                    await self.send(found)
                pause, self.problem = POLL_SECONDS, ""
            except Exception as error:  # a receiver may raise anything; the records are sent again
                self._report_problem(error)
                seq, pause = max(seq - self.overlap, 0), min(pause * 2, LONGEST_PAUSE)
                await asyncio.sleep(pause)
                continue
            reached = _number(found[-1]) if found else last
            if reached > seq:
                seq = reached
                await self._keep(seq)
            if len(found) < self.batch:  # a position is a transaction: few under load, not one for each batch
                await asyncio.sleep(POLL_SECONDS)

    def _report_problem(self, error: Exception) -> None:
        words = str(error) or type(error).__name__
        if words != self.problem:
            log.warning("%s cannot be delivered to and tries again: %s", self.name, words)
        self.problem = words

    async def _begin(self) -> int:
        async with self.database.transaction() as connection:
            seq = await connection.scalar(select(positions.c.seq).where(positions.c.name == self.name))
            if seq is None:
                seq = await connection.scalar(select(func.coalesce(func.max(leaves.c.seq), 0)))
                await connection.execute(insert(positions).values(name=self.name, seq=seq))
        return int(seq or 0)

    async def _keep(self, seq: int) -> None:
        mine = update(positions).where(positions.c.name == self.name)
        async with self.database.transaction() as connection:
            await connection.execute(mine.values(seq=seq))


def _number(leaf: bytes) -> int:
    return int(leaf[7 : leaf.index(b",")])
