"""The chunks that have no vector yet, in the order in which they get one."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.retrieval.indexing.sql import of_revision, same_revision
from services.retrieval.search.access_check import is_current
from services.retrieval.tables import chunks, documents, revisions
from shared.events import DocumentChunked
from shared.sql.database import Database

# The revision with the fewest chunks comes first. Each second of waiting counts as a chunk less, so that one of 900
# is before all that come a quarter of an hour after it.
AGEING = 1.0
LEASE = 30.0  # seconds that somebody who took chunks has for them: then they are anybody's, if that process died
LOOKED_AT = 8  # revisions whose last chunks others may have


class Waiting(NamedTuple):
    """A revision whose vectors are not all there: `missing` of its `chunks`."""

    document_id: str
    revision: int
    workspace: str
    title: str
    pages: int
    chunks: int
    missing: int


class PendingVectors:
    """What is current and not withdrawn; each change is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, most: int) -> tuple[Waiting, Sequence[RowMapping]] | None:
        """The next chunks of one revision, which are this caller's for a while; no chunks when none is missing."""
        async with self._database.transaction() as connection:
            for row in await _next(connection, LOOKED_AT):
                found = (await connection.execute(_free(row, most))).mappings().all()
                if found or not row.missing:
                    mine = chunks.c.id.in_([one["id"] for one in found])
                    await connection.execute(update(chunks).where(mine).values(claimed=time.time() + LEASE))
                    return row, found
        return None

    async def placed(self, waiting: Waiting, ids: Sequence[str]) -> None:
        """These have their vectors; what was placed before, or is gone, does not count."""
        without = chunks.c.id.in_(ids), chunks.c.embedded.is_(False)
        async with self._database.transaction() as connection:
            done = (await connection.execute(update(chunks).where(*without).values(embedded=True))).rowcount
            left = {"missing": revisions.c.missing - done}
            await connection.execute(update(revisions).where(_named(waiting)).values(left))

    async def release(self, ids: Sequence[str]) -> None:
        """They did not get their vectors; anybody may try again."""
        async with self._database.transaction() as connection:
            await connection.execute(update(chunks).where(chunks.c.id.in_(ids)).values(claimed=None))

    async def reclaim(self) -> None:
        """At the start: SQLite's file belongs to one process, so that what was taken is nobody's."""
        if self._database.engine.dialect.name == "sqlite":
            async with self._database.transaction() as connection:
                taken = chunks.c.claimed.is_not(None), chunks.c.embedded.is_(False)
                await connection.execute(update(chunks).where(*taken).values(claimed=None))

    async def finish(self, waiting: Waiting) -> None:
        """All have their vectors, and whoever wants to know was told."""
        async with self._database.transaction() as connection:
            await connection.execute(update(revisions).where(_named(waiting)).values(missing=None))

    async def waiting(self, most: int) -> Sequence[Waiting]:
        """The first revisions, in their order."""
        async with self._database.reading() as connection:
            return await _next(connection, most)


async def enqueue(connection: AsyncConnection, batch: DocumentChunked) -> None:
    """The chunks of a whole revision wait for their vectors from now on; once is enough."""
    mine = of_revision(chunks, batch)
    total, missing = (
        select(func.count()).select_from(chunks).where(which).scalar_subquery()
        for which in (mine, mine & chunks.c.embedded.is_(False))
    )
    fresh = of_revision(revisions, batch) & revisions.c.queued.is_(None)
    waiting = {"missing": missing, "chunks": total, "queued": time.time()}
    await connection.execute(update(revisions).where(fresh).values(waiting))


async def enqueue_again(connection: AsyncConnection, batch: DocumentChunked, ids: Sequence[str]) -> None:
    """These lost their vectors: somebody else had placed their batch, and it was placed without them once more."""
    lost = update(chunks).where(chunks.c.id.in_(ids), chunks.c.embedded).values(embedded=False, claimed=None)
    if count := (await connection.execute(lost)).rowcount:
        more = {"missing": func.coalesce(revisions.c.missing, 0) + count}
        await connection.execute(update(revisions).where(of_revision(revisions, batch)).values(more))


async def _next(connection: AsyncConnection, most: int) -> Sequence[Waiting]:
    columns = [revisions.c[name] for name in Waiting._fields]
    joined = revisions.join(documents, is_current(revisions))
    wanted = select(*columns).select_from(joined)
    wanted = wanted.where(revisions.c.missing.is_not(None), documents.c.withdrawn.is_(False))
    order = revisions.c.missing + AGEING * revisions.c.queued
    found = await connection.execute(wanted.order_by(order, revisions.c.document_id).limit(most))
    return [Waiting(*row) for row in found]


def _free(row: Waiting, most: int) -> Select[Any]:
    """As `Reindexing` places them: with title, workspace and readers."""
    readers = documents.c.allow, documents.c.deny, documents.c.access
    joined = chunks.join(revisions, same_revision()).join(documents, is_current(chunks))
    wanted = select(chunks, revisions.c.title, revisions.c.workspace, *readers).select_from(joined).where(_named(row))
    nobodys = chunks.c.claimed.is_(None) | (chunks.c.claimed < time.time())
    wanted = wanted.where(chunks.c.embedded.is_(False), nobodys).order_by(chunks.c.n).limit(most)
    return wanted.with_for_update(of=chunks, skip_locked=True)


def _named(row: Waiting) -> Any:
    return (revisions.c.document_id == row.document_id) & (revisions.c.revision == row.revision)
