"""Stores batches: their leaves and the hashes of the tree."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.log.batches.bundle import Bundle
from services.audit.log.tables import batches, leaves, octets, tiles
from services.audit.log.tree.merkle import perfect
from services.audit.log.tree.tiles import HASH, WIDTH, Place, hash_of, places
from shared.sql.database import Database

PAGE = 50


async def bundles_after(database: Database, batch: int) -> AsyncIterator[Bundle]:
    """Those after that number, in order, as far as their leaves are still kept here."""
    while True:
        query = select(batches).where(batches.c.number > batch).order_by(batches.c.number).limit(PAGE)
        async with database.reading() as connection:
            rows = (await connection.execute(query)).all()
            for row in rows:
                if found := await _bundle(connection, row):
                    yield found
                batch = row.number
        if len(rows) < PAGE:
            return


async def _bundle(connection: AsyncConnection, row: Row[Any]) -> Bundle | None:
    number, first, size, at, note = tuple(row)
    wanted = select(leaves.c.leaf).where(leaves.c.seq.between(first, size)).order_by(leaves.c.seq)
    found = [octets(leaf) for leaf in (await connection.execute(wanted)).scalars()]
    if len(found) == 0 and first <= size:
        return None
    kept = await _tiles(connection, first - 1, size)
    hashes = b"".join(kept[place] for place in sorted(kept) if place[0] == 0)
    start = (first - 1) // WIDTH * WIDTH
    own = hashes[(first - 1 - start) * HASH : (size - start) * HASH]
    edge = [hash_of((n << height, (n + 1) << height), kept) for height, n in perfect(0, first - 1)]
    return Bundle(number, first, size, at, note, found, [own[n : n + HASH] for n in range(0, len(own), HASH)], edge)


async def _tiles(connection: AsyncConnection, low: int, high: int) -> dict[Place, bytes]:
    """The tiles over these leaves, and those of the edge before them."""
    edge = places([(n << height, (n + 1) << height) for height, n in perfect(0, low)])
    own = {(0, number) for number in range(low // WIDTH, -(-high // WIDTH))}
    if not edge | own:
        return {}
    here = or_(*(and_(tiles.c.level == level, tiles.c.number == number) for level, number in edge | own))
    rows = (await connection.execute(select(tiles).where(here))).all()
    return {(row.level, row.number): octets(row.hashes) for row in rows}
