"""Writes events as leaves in batches, numbered without a gap, with a signed checkpoint for each batch."""

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import and_, insert, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.log.batches.bundle import Bundle
from services.audit.log.entries import Entry
from services.audit.log.tables import batches, leaves, tiles
from services.audit.log.tree.head import LogHead, read_head
from services.audit.log.tree.merkle import leaf_hash
from services.audit.log.tree.note import CheckpointSigner
from services.audit.log.tree.tiles import Frontier
from shared.sql.database import Database

TRIES = 5  # another replica may take the next numbers first
BYTES = 600_000  # of leaves in a batch: with its hashes it fits into a message of 1 MB
INSERT, INSERT_BATCH = insert(leaves), insert(batches)
Then = Callable[[Bundle], Awaitable[None]]


class LogWriter:
    """Writes as the only one, or beside others: whose numbers are taken looks again and tries anew."""

    def __init__(self, database: Database, signer: CheckpointSigner, then: Then, batch: int = 256) -> None:
        """`then` is told of each batch once it is committed."""
        self._database, self._signer, self._then, self._batch = database, signer, then, batch
        self._head: LogHead | None = None

    async def append(self, entries: Sequence[Entry]) -> None:
        """In the log and told when this returns; those that are there already are left out."""
        rest = list(entries)
        while rest:
            rest = await self._some(rest)

    async def sign_idle(self) -> None:
        """A checkpoint although nothing is new: it proves that nothing happened until now."""
        await self._some([], idle=True)

    async def _some(self, entries: list[Entry], idle: bool = False) -> list[Entry]:
        """Writes a batch; what is left."""
        for _ in range(TRIES - 1):
            with suppress(IntegrityError):
                return await self._commit(entries, idle)
        return await self._commit(entries, idle)

    async def _commit(self, entries: list[Entry], idle: bool) -> list[Entry]:
        head, self._head = self._head, None
        bundle = None
        async with self._database.transaction() as connection:
            if head is None:
                head = await read_head(connection)
                entries = await _new(connection, entries)
            if entries or idle:
                rows = _rows(entries[: self._batch], head.frontier.size + 1)
                entries = entries[len(rows) :]
                head, bundle = await self._write(connection, rows, head)
        self._head = head
        if bundle:
            await self._then(bundle)
        return entries

    async def _write(
        self, connection: AsyncConnection, rows: list[dict[str, Any]], head: LogHead
    ) -> tuple[LogHead, Bundle]:
        frontier, first = head.frontier.copy(), head.frontier.size + 1
        hashes = [leaf_hash(row["leaf"]) for row in rows]
        if rows:
            frontier.add(hashes)
            await connection.execute(INSERT, rows)
            await keep_tiles(connection, frontier)
        at = time.time_ns() // 1000
        note = self._signer.note(frontier.size, frontier.edge.root(), at)
        batch = {"number": head.batch + 1, "first": first, "size": frontier.size, "at": at, "note": note}
        await connection.execute(INSERT_BATCH, [batch])
        leaves_, edge = [row["leaf"] for row in rows], head.frontier.edge.peaks
        told = Bundle(head.batch + 1, first, frontier.size, at, note, leaves_, hashes, edge)
        return LogHead(head.batch + 1, frontier, note), told


def _rows(entries: Sequence[Entry], first: int) -> list[dict[str, Any]]:
    """Their rows, as many as fit into one message."""
    rows, held = list[dict[str, Any]](), 0
    for seq, entry in enumerate(entries, first):
        row = entry.row(seq)
        held += len(row["leaf"])
        if rows and held > BYTES:
            break
        rows.append(row)
    return rows


async def keep_tiles(connection: AsyncConnection, frontier: Frontier) -> None:
    """Tiles that are new are added, those that grew are changed."""
    for (level, number), hashes in sorted(frontier.changed.items()):
        place = and_(tiles.c.level == level, tiles.c.number == number)
        if not (await connection.execute(tiles.update().where(place).values(hashes=hashes))).rowcount:
            await connection.execute(tiles.insert().values(level=level, number=number, hashes=hashes))
    frontier.changed.clear()


async def _new(connection: AsyncConnection, entries: Sequence[Entry]) -> list[Entry]:
    """Those that are not in the log yet, each once."""
    found = {(entry.stream, entry.stream_seq, entry.stamp): entry for entry in entries}
    places = [(entry.stream, entry.stream_seq) for entry in entries]
    for start in range(0, len(places), 500):
        place = tuple_(leaves.c.stream, leaves.c.stream_seq).in_(places[start : start + 500])
        known = select(leaves.c.stream, leaves.c.stream_seq, leaves.c.stamp).where(place)
        for row in (await connection.execute(known)).all():
            found.pop(tuple(row), None)
    return list(found.values())
