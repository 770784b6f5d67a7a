"""Legal holds: what belongs to a person, a workspace or a query is neither erased nor retired while one stands."""

import time
from typing import Any

import orjson
from sqlalchemy import delete, insert, select

from services.audit.keeping.tables import holds
from services.audit.log.reader import LogReader, RecordFilter
from services.audit.readers import instant
from shared.errors import Refused
from shared.events import HoldState
from shared.sql.database import Database

PAGE = 1000
NO_HOLD = "There is no legal hold on {}. See GET /api/audit/holds."


class Holds:
    """The holds of one log."""

    def __init__(self, database: Database, reader: LogReader) -> None:
        self._database, self._reader = database, reader

    async def every(self) -> list[HoldState]:
        """All that stand, the oldest first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(holds).order_by(holds.c.at))).all()
        return [_state(**row._mapping) for row in rows]

    async def place(self, about: str, by: str, reason: str) -> HoldState:
        """In place when this returns; the reason of one that stands is changed."""
        row: dict[str, Any] = {"about": about, "by": by, "reason": reason, "at": time.time_ns() // 1000}
        async with self._database.transaction() as connection:
            await connection.execute(delete(holds).where(holds.c.about == about))
            await connection.execute(insert(holds).values(**row))
        return _state(**row)

    async def lift(self, about: str) -> HoldState:
        """What it was; `Refused` (404) when there is none."""
        found = next((one for one in await self.every() if one.about == about), None)
        if found is None:
            raise Refused("hold_not_found", NO_HOLD.format(about), 404)
        async with self._database.transaction() as connection:
            await connection.execute(delete(holds).where(holds.c.about == about))
        return found

    async def covering(self, person: str) -> list[HoldState]:
        """Those on the person, on a query of theirs, or on a workspace in which they asked."""
        return [one for one in await self.every() if await self._covers(one.about, person)]

    async def _covers(self, about: str, person: str) -> bool:
        kind, _, name = about.partition(":")
        if kind == "query":
            return bool((await self._reader.records(RecordFilter(about=name, principal=person), 1))[0])
        return await self._asked_in(person, name) if kind == "workspace" else about == person

    async def _asked_in(self, person: str, workspace: str) -> bool:
        after = 0
        while True:
            found, _ = await self._reader.records(RecordFilter(after=after, principal=person, subject="query."), PAGE)
            for leaf in found:
                record = orjson.loads(leaf)
                facts, after = record.get("facts") or {}, record["seq"]
                if workspace == facts.get("workspace") or workspace in (facts.get("workspaces") or ()):
                    return True
            if not found:
                return False


def _state(*, about: str, by: str, reason: str, at: int) -> HoldState:
    return HoldState(about=about, by=by, reason=reason, since=instant(at))
