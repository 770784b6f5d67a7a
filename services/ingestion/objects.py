"""Bytes that nobody needs any more: noted with the row that let them go, taken away after it."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingestion.tables import discarded, revisions
from shared.database import Database

log = logging.getLogger(__name__)
SWEEP_SECONDS = 60


class Objects(Protocol):
    """The part of the bus that is needed here."""

    async def delete_object(self, name: str) -> None: ...


async def discard_objects(session: AsyncSession, names: Iterable[str]) -> None:
    """Note them; the same name may be noted once already."""
    known = set((await session.scalars(select(discarded.c.object).where(discarded.c.object.in_(list(names))))).all())
    if rows := [{"object": name} for name in dict.fromkeys(names) if name not in known]:
        await session.execute(discarded.insert(), rows)


async def sweep(database: Database, objects: Objects) -> int:
    """Delete what is noted and no revision holds; gives how many. What fails stays noted for the next time."""
    async with database.reading() as session:
        held = select(revisions.c.object)
        names = (
            await session.scalars(select(discarded.c.object).where(discarded.c.object.not_in(held)).limit(1000))
        ).all()
    done = []
    for name in names:
        try:
            await objects.delete_object(name)
            done.append(name)
        except Exception as error:
            log.warning("the object %s could not be deleted and is tried again later: %r", name, error)
    async with database.transaction() as session:
        await session.execute(delete(discarded).where(discarded.c.object.in_(done)))
    return len(done)


async def sweeping(database: Database, objects: Objects) -> None:
    """For ever."""
    while True:
        try:
            await sweep(database, objects)
        except Exception:
            log.exception("discarded objects could not be taken away; tried again in a minute")
        await asyncio.sleep(SWEEP_SECONDS)
