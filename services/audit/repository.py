"""The record: every event one row, in the order they came, never changed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Row, func, insert, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.event_fields import row_of
from services.audit.tables import trail
from shared.bus import Delivery
from shared.database import Database
from shared.events import Record, Records

INSERT = insert(trail)
LAST = select(func.coalesce(func.max(trail.c.seq), 0))
TRIES = 5  # another replica may take the next number first
Rows = list[dict[str, Any]]


class AuditLog:
    """`salt` keys the digests and is kept apart from the rows."""

    def __init__(self, database: Database, salt: bytes) -> None:
        self._database, self._salt = database, salt
        self._waiting: Rows = []
        self._next: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._last: int | None = None

    async def add(self, batch: Sequence[Delivery]) -> None:
        """On the disk when this returns, once; batches that come while the disk is busy share the next write."""
        self._waiting += [row_of(message, self._salt) for message in batch]
        if self._next is None:
            self._next = asyncio.create_task(self._write_waiting())
        await asyncio.shield(self._next)

    async def read(self, after: int, about: str | None, limit: int) -> Records:
        """Rows after number `after`, in order."""
        query = select(trail).where(trail.c.seq > after).order_by(trail.c.seq).limit(limit)
        if about is not None:
            query = query.where(trail.c.about == about)
        async with self._database.reading() as connection:
            # First: rows that come in between are then told too early, never too late.
            last = int((await connection.execute(LAST)).scalar_one())
            rows = (await connection.execute(query)).all()
        return Records(records=tuple(map(_record, rows)), last=last)

    async def _write_waiting(self) -> None:
        async with self._writing:
            rows, self._waiting, self._next = self._waiting, [], None
            for _ in range(TRIES - 1):
                # Some may be there already, or another replica may count too: then look before the next try.
                with suppress(IntegrityError):
                    return await self._insert(rows)
            await self._insert(rows)

    async def _insert(self, rows: Rows) -> None:
        last, self._last = self._last, None
        async with self._database.transaction() as connection:
            if last is None:
                rows = await _new(connection, rows)
                last = int((await connection.execute(LAST)).scalar_one())
            if rows:
                await connection.execute(INSERT, [row | {"seq": last + n} for n, row in enumerate(rows, 1)])
        self._last = last + len(rows)


async def _new(connection: AsyncConnection, rows: Rows) -> Rows:
    """Those that are not recorded yet, each once."""
    places = [(row["stream"], row["stream_seq"]) for row in rows]
    place = tuple_(trail.c.stream, trail.c.stream_seq).in_(places)
    there = await connection.execute(select(trail.c.stream, trail.c.stream_seq, trail.c.digest).where(place))
    known = {tuple(row) for row in there.all()}
    fresh = {(row["stream"], row["stream_seq"], row["digest"]): row for row in rows}
    return [row for key, row in fresh.items() if key not in known]


def _record(row: Row[Any]) -> Record:
    found = dict(row._mapping)
    # SQLite keeps no time zone; all of ours are UTC.
    return Record(**found | {"at": found["at"]})
