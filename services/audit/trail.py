"""The record: every event one row, in the order they came, never changed."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Row, func, insert, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.facts import row_of
from services.audit.tables import trail
from shared.bus import Delivery
from shared.database import Database
from shared.events import Record, Records

INSERT = insert(trail)
LAST = select(func.coalesce(func.max(trail.c.seq), 0))


class Trail:
    """`salt` keys the digests and is kept apart from the rows."""

    def __init__(self, database: Database, salt: bytes) -> None:
        self._database, self._salt = database, salt

    async def add(self, batch: Sequence[Delivery]) -> int:
        """Record the batch in one transaction and say how many rows were new; what is there already stays as it is."""
        rows = [row_of(message, self._salt) for message in batch]
        async with self._database.transaction() as session:
            if session.get_bind().dialect.name == "postgresql":
                # Numbers have no gaps, so writers take turns.
                await session.execute(text("LOCK TABLE trail IN SHARE ROW EXCLUSIVE MODE"))
            rows = await _new(session, rows)
            last = int((await session.execute(LAST)).scalar_one())
            if rows:
                await session.execute(INSERT, [row | {"seq": last + n} for n, row in enumerate(rows, 1)])
        return len(rows)

    async def read(self, after: int, about: str | None, limit: int) -> Records:
        """Rows after number `after`, in order."""
        query = select(trail).where(trail.c.seq > after).order_by(trail.c.seq).limit(limit)
        if about is not None:
            query = query.where(trail.c.about == about)
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
            last = int((await session.execute(LAST)).scalar_one())
        return Records(records=tuple(map(_record, rows)), last=last)


async def _new(session: AsyncSession, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are not recorded yet, each once."""
    place = tuple_(trail.c.stream, trail.c.stream_seq)
    places = [(row["stream"], row["stream_seq"]) for row in rows]
    query = select(trail.c.stream, trail.c.stream_seq, trail.c.digest).where(place.in_(places))
    there = {tuple(row) for row in (await session.execute(query)).all()}
    fresh = {(row["stream"], row["stream_seq"], row["digest"]): row for row in rows}
    return [row for key, row in fresh.items() if key not in there]


def _record(row: Row[Any]) -> Record:
    found = dict(row._mapping)
    # SQLite keeps no time zone; all of ours are UTC.
    return Record(**found | {"at": found["at"] if found["at"].tzinfo else found["at"].replace(tzinfo=UTC)})
