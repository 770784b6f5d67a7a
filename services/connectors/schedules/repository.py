"""Schedules and their runs in SQL."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.connectors.tables import runs, schedules
from shared.sql.database import Database


class ScheduleRepository:
    """A run is begun once for each occasion, whatever comes twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, row: dict[str, Any]) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(insert(schedules).values(**row))

    async def remove(self, schedule_id: str) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(schedules).where(schedules.c.schedule_id == schedule_id))

    async def forget(self, schedule_id: str) -> list[str]:
        """It and its runs are gone; the queries that it asked."""
        mine = runs.c.schedule_id == schedule_id
        async with self._database.transaction() as connection:
            asked = (await connection.execute(select(runs.c.query).where(mine))).scalars().all()
            await connection.execute(delete(runs).where(mine))
            await connection.execute(delete(schedules).where(schedules.c.schedule_id == schedule_id))
        return list(asked)

    async def scrub(self) -> None:
        """What was deleted is overwritten on the disk."""
        await self._database.scrub()

    async def get(self, schedule_id: str) -> dict[str, Any] | None:
        return await self._first(select(schedules).where(schedules.c.schedule_id == schedule_id))

    async def owned_by(self, owner: str) -> list[dict[str, Any]]:
        query = select(schedules).where(schedules.c.owner == owner).order_by(schedules.c.created_at)
        async with self._database.reading() as connection:
            return [dict(row._mapping) for row in (await connection.execute(query)).all()]

    async def begin(self, schedule_id: str, occasion: str, query: str) -> bool:
        """Whether this occasion is new, or was begun and not asked yet."""
        row = {
            "run_id": uuid4().hex,
            "schedule_id": schedule_id,
            "occasion": occasion,
            "query": query,
            "state": "begun",
            "due_at": datetime.now(UTC),
        }
        try:
            async with self._database.transaction() as connection:
                await connection.execute(insert(runs).values(**row))
        except IntegrityError:
            found = await self.run_of(query)
            return found is not None and found["state"] == "begun"
        return True

    async def run_of(self, query: str) -> dict[str, Any] | None:
        return await self._first(select(runs).where(runs.c.query == query))

    async def last(self, schedule_id: str) -> dict[str, Any] | None:
        """The newest run."""
        query = select(runs).where(runs.c.schedule_id == schedule_id).order_by(runs.c.due_at.desc()).limit(1)
        return await self._first(query)

    async def mark(self, query: str, state: str, error: str | None = None) -> None:
        values: dict[str, Any] = {"state": state, "error": error}
        if state in ("delivered", "failed"):
            values["ended_at"] = datetime.now(UTC)
        async with self._database.transaction() as connection:
            await connection.execute(update(runs).where(runs.c.query == query).values(**values))

    async def _first(self, query: Any) -> dict[str, Any] | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return dict(row._mapping) if row else None
