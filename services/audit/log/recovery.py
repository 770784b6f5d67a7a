"""Compares tables and stream before the first write, and refills what a restored backup lacks."""

import logging
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.log.batches.bundle import STREAM, SUBJECT, Bundle, parsed
from services.audit.log.entries import row_of_leaf
from services.audit.log.tables import batches, leaves
from services.audit.log.tree.head import DamagedLog, LogHead, read_head
from services.audit.log.tree.merkle import leaf_hash
from services.audit.log.tree.note import root_of
from services.audit.log.writer import keep_tiles
from shared.bus import Delivery
from shared.sql.database import Database

log = logging.getLogger(__name__)


class StreamReader(Protocol):
    """The part of the bus that looks at what the stream keeps."""

    async def last(self, stream: str, subject: str) -> Delivery | None: ...
    async def message(self, stream: str, sequence: int) -> Delivery | None: ...


async def reconcile(database: Database, bus: StreamReader) -> int:
    """How many batches were refilled from the stream; `DamagedLog` when tables and stream contradict each other."""
    last = await bus.last(STREAM, SUBJECT)
    if last is None:
        return 0
    newest = parsed(last.headers, last.data)
    async with database.reading() as connection:
        head = await read_head(connection)
        ours = await connection.scalar(select(batches.c.note).where(batches.c.number == newest.batch))
    if ours is not None and ours != newest.note:
        raise DamagedLog(
            f"The tables of the audit log and its stream differ in batch {newest.batch}: one was rewritten."
        )
    missing = newest.batch - head.batch
    for back in range(missing - 1, -1, -1):
        message = await bus.message(STREAM, last.sequence - back)
        if message is None:
            raise DamagedLog(
                f"The audit log was rolled back to batch {head.batch}, and the stream lacks what followed."
            )
        head = await _refill(database, head, parsed(message.headers, message.data))
    if missing > 0:
        log.warning("the audit log was rolled back: %d batches were refilled from the stream", missing)
    return max(missing, 0)


async def _refill(database: Database, head: LogHead, bundle: Bundle) -> LogHead:
    frontier = head.frontier.copy()
    frontier.add([leaf_hash(leaf) for leaf in bundle.leaves])
    right = (bundle.batch, bundle.size) == (head.batch + 1, frontier.size)
    if not right or frontier.edge.root() != root_of(bundle.note):
        raise DamagedLog(f"Batch {bundle.batch} of the stream does not go on from where the tables of the log end.")
    async with database.transaction() as connection:
        await _insert(connection, bundle.leaves)
        await keep_tiles(connection, frontier)
        row = {"number": bundle.batch, "first": bundle.first, "size": bundle.size, "at": bundle.at, "note": bundle.note}
        await connection.execute(insert(batches), [row])
    return LogHead(bundle.batch, frontier, bundle.note)


async def _insert(connection: AsyncConnection, found: Sequence[bytes]) -> None:
    if found:
        await connection.execute(insert(leaves), [row_of_leaf(leaf) for leaf in found])
