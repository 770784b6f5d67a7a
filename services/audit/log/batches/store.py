"""Stores batches: their leaves and the hashes of the tree."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.log.batches.bundle import Bundle
from services.audit.log.entries import row_of_leaf
from services.audit.log.tables import batches, leaves, tiles
from services.audit.log.tree.head import DamagedLog
from services.audit.log.tree.merkle import perfect
from services.audit.log.tree.tiles import HASH, WIDTH, Place, hash_of, places
from shared.sql.database import Database

PAGE = 50


async def bundles_after(database: Database, batch: int) -> AsyncIterator[Bundle]:
    """Those after that number, in order, as far as their leaves are still kept here; `DamagedLog` names a record."""
    while True:
        query = select(batches).where(batches.c.number > batch).order_by(batches.c.number).limit(PAGE)
        async with database.reading() as connection:
            rows = await _read(connection, query, f"what was signed after batch {batch}")
            for row in rows:
                if found := await _bundle(connection, row):
                    yield found
                batch = row.number
        if len(rows) < PAGE:
            return


async def _read(connection: AsyncConnection, query: Select[Any], what: str) -> Sequence[Row[Any]]:
    try:
        rows: Sequence[Row[Any]] = (await connection.execute(query)).all()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        raise DamagedLog(f"The tables of the audit log do not tell {what}: {error.orig}.") from error
    return rows


async def _bundle(connection: AsyncConnection, row: Row[Any]) -> Bundle | None:
    number, first, size, at, note = tuple(row)
    wanted = select(leaves).where(leaves.c.seq.between(first, size)).order_by(leaves.c.seq)
    rows = await _read(connection, wanted, f"records {first} to {size}")
    if len(rows) == 0 and first <= size:
        return None
    found = [_leaf(row) for row in rows]
    try:
        hashes, edge = await _hashes(connection, first, size)
    except KeyError as error:
        raise DamagedLog(f"The tile {error} below record {first} is missing or too short.") from error
    return Bundle(number, first, size, at, note, found, hashes, edge)


def _leaf(row: Row[Any]) -> bytes:
    """Searches go by the columns, which no signature covers: they must say what the leaf says."""
    leaf: bytes = row.leaf
    try:
        written = row_of_leaf(leaf)
    except (ValueError, KeyError, TypeError):
        return leaf  # it is no record any more: who verifies it names it
    if wrong := [name for name, value in written.items() if getattr(row, name) != value]:
        raise DamagedLog(f"Record {row.seq} was changed: {', '.join(wrong)} in the tables and in its leaf differ.")
    return leaf


async def _hashes(connection: AsyncConnection, first: int, size: int) -> tuple[list[bytes], list[bytes]]:
    """Of the records themselves, and of the perfect subtrees before them."""
    kept = await _tiles(connection, first - 1, size)
    hashes = b"".join(kept[place] for place in sorted(kept) if place[0] == 0)
    start = (first - 1) // WIDTH * WIDTH
    own = hashes[(first - 1 - start) * HASH : (size - start) * HASH]
    edge = [hash_of((n << height, (n + 1) << height), kept) for height, n in perfect(0, first - 1)]
    return [own[n : n + HASH] for n in range(0, len(own), HASH)], edge


async def _tiles(connection: AsyncConnection, low: int, high: int) -> dict[Place, bytes]:
    """The tiles over these leaves, and those of the edge before them."""
    edge = places([(n << height, (n + 1) << height) for height, n in perfect(0, low)])
    own = {(0, number) for number in range(low // WIDTH, -(-high // WIDTH))}
    if not edge | own:
        return {}
    here = or_(*(and_(tiles.c.level == level, tiles.c.number == number) for level, number in edge | own))
    rows = (await connection.execute(select(tiles).where(here))).all()
    return {(row.level, row.number): row.hashes for row in rows}
