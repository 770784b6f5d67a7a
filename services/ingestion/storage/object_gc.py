"""Deletes objects that no document needs any more; each is noted in the transaction that released it."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.tables import discarded, removals, revisions
from shared.sql.database import Database

log = logging.getLogger(__name__)
SWEEP_SECONDS = 60
SOME = 500


class Objects(Protocol):
    """The part of the bus that is needed here."""

    async def delete_object(self, name: str) -> None: ...


async def discard_objects(connection: AsyncConnection, names: Iterable[str], document_id: str) -> None:
    """Note them for their document; the same name may be noted once already, for a document that shares its bytes."""
    wanted = list(dict.fromkeys(names))
    named = discarded.c.object.in_(wanted)
    known = set((await connection.scalars(select(discarded.c.object).where(named))).all())
    await connection.execute(update(discarded).where(named).values(document_id=document_id))
    if rows := [{"object": name, "document_id": document_id} for name in wanted if name not in known]:
        await connection.execute(discarded.insert(), rows)


async def sweep(database: Database, objects: Objects) -> int:
    """Delete what is noted and no revision holds; gives how many. What fails stays noted for the next time."""
    total = 0
    while done := await _sweep(database, objects):
        total += done
    async with database.transaction() as connection:
        over = await _close(connection)
    if total or over:
        await database.scrub()
    return total


async def _sweep(database: Database, objects: Objects) -> int:
    loose = and_(
        discarded.c.object.not_in(select(revisions.c.object)), discarded.c.object.not_in(select(revisions.c.text))
    )
    async with database.reading() as connection:
        names = (await connection.scalars(select(discarded.c.object).where(loose).limit(SOME))).all()
    done = []
    for name in names:
        try:
            await objects.delete_object(name)
            done.append(name)
        except Exception as error:  # one object's failure must not keep the others
            log.warning("the object %s could not be deleted and is tried again later: %r", name, error)
    async with database.transaction() as connection:
        await connection.execute(delete(discarded).where(discarded.c.object.in_(done)))
    return len(done)


async def _close(connection: AsyncConnection) -> bool:
    """Removals of which neither chunks nor bytes are left are over; whether there were any."""
    waiting = exists().where(discarded.c.document_id == removals.c.document_id)
    over = and_(removals.c.gone_at.is_(None), removals.c.forgotten, ~waiting)
    closing = update(removals).where(over).values(gone_at=datetime.now(UTC)).returning(removals.c.document_id)
    return bool((await connection.scalars(closing)).all())


async def sweeping(database: Database, objects: Objects, seconds: float) -> None:
    """For ever, each minute, or sooner when less than that may go by in `seconds`."""
    while True:
        try:
            await sweep(database, objects)
        except Exception:  # the loop must not end; it tries again later
            log.exception("discarded objects could not be taken away; tried again later")
        await asyncio.sleep(min(SWEEP_SECONDS, seconds))
