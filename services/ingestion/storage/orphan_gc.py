"""Bytes that no row names, because who put them was killed before the row was written: taken away after a while."""

import asyncio
import logging
import time
from collections.abc import Collection
from typing import Protocol

from sqlalchemy import select

from services.ingestion.tables import discarded, revisions
from shared.database import Database

log = logging.getLogger(__name__)


class Store(Protocol):
    """The part of the bus that is needed here."""

    async def loose_objects(self, known: Collection[str]) -> set[str]: ...

    async def drop_object(self, subject: str) -> None: ...


class Orphans:
    """What is loose for longer than `seconds` belongs to no upload that is still under way."""

    def __init__(self, database: Database, store: Store, seconds: float) -> None:
        self._database, self._store, self._seconds = database, store, seconds
        self._seen: dict[str, float] = {}

    async def sweep(self) -> int:
        """Look once; gives how many were taken away."""
        now = time.monotonic()
        loose = await self._store.loose_objects(await self._known())
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
            except Exception as error:
                log.warning("loose objects could not be looked for; tried again later: %r", error)
            await asyncio.sleep(self._seconds / 4)

    async def _known(self) -> set[str]:
        async with self._database.reading() as connection:
            columns = revisions.c.object, revisions.c.text, discarded.c.object
            return {name for column in columns for name in (await connection.scalars(select(column))).all()}
