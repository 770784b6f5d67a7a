"""Deletes objects without a row, left by a process that was killed before it wrote one."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from sqlalchemy import select, union_all

from services.ingestion.tables import discarded, revisions
from shared.sql.database import Database

log = logging.getLogger(__name__)
Known = Callable[[Sequence[str]], Awaitable[set[str]]]


class Store(Protocol):
    """The part of the bus that is needed here."""

    async def loose_objects(self, known: Known) -> set[str]: ...

    async def drop_object(self, subject: str) -> None: ...


class OrphanCollector:
    """What is loose for longer than `seconds` belongs to no upload that is still under way."""

    def __init__(self, database: Database, store: Store, seconds: float) -> None:
        self._database, self._store, self._seconds = database, store, seconds
        self._seen: dict[str, float] = {}

    async def sweep(self) -> int:
        """Look once; gives how many were taken away."""
        now = time.monotonic()
        loose = await self._store.loose_objects(self._known)
        self._seen = {subject: self._seen.get(subject, now) for subject in loose}
        old = [subject for subject, since in self._seen.items() if now - since >= self._seconds]
        for subject in old:
            await self._store.drop_object(subject)
        if old:
            log.info("%d objects that belonged to no document were taken away", len(old))
        return len(old)

    async def sweeping(self) -> None:
        """For ever."""
        while True:
            try:
                await self.sweep()
            except Exception as error:  # the loop must not end; it tries again later
                log.warning("loose objects could not be looked for; tried again later: %r", error)
            await asyncio.sleep(self._seconds / 4)

    async def _known(self, names: Sequence[str]) -> set[str]:
        """Those of them that a row names."""
        columns = revisions.c.object, revisions.c.text, discarded.c.object
        named = union_all(*(select(column).where(column.in_(names)) for column in columns))
        async with self._database.reading() as connection:
            return set((await connection.scalars(named)).all())
