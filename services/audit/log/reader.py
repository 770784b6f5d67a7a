"""Reads records, checkpoints, tiles and proofs. It never waits for a writer."""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, TextClause, and_, func, or_, select, text

from services.audit.log.batches.store import bundles_after
from services.audit.log.tables import OWN, batches, leaves, tiles
from services.audit.log.tree.head import DamagedLog
from services.audit.log.tree.merkle import Range, consistency, inclusion
from services.audit.log.tree.note import size_of
from services.audit.log.tree.tiles import HASH, WIDTH, Place, hash_of, places
from shared.errors import Refused
from shared.events import Proof
from shared.sql.database import Database

LAST = select(func.coalesce(func.max(leaves.c.seq), 0))
NEWEST = select(batches.c.note).order_by(batches.c.number.desc()).limit(1)
MESSAGE = 700_000  # bytes that fit into a reply of 1 MB when quotes in it are escaped once more
PLACES = 100  # tiles that one statement asks for


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records: after a number, by query or document, by person, by time (µs) and by the subject's beginning."""

    after: int = 0
    about: str | None = None
    principal: str | None = None
    since: int | None = None
    until: int | None = None
    subject: str | None = None

    def conditions(self) -> list[ColumnElement[bool] | TextClause]:
        tests: dict[str, Callable[[Any], ColumnElement[bool]]] = {
            "about": lambda value: leaves.c.about == value,
            "principal": lambda value: leaves.c.principal == value,
            "since": lambda value: leaves.c.at >= value,
            "until": lambda value: leaves.c.at < value,
            "subject": lambda value: leaves.c.subject.startswith(value, autoescape=True),
        }
        given = ((test, getattr(self, name)) for name, test in tests.items())
        own = [text(OWN)] if (self.subject or "").startswith("audit.") else []
        return [leaves.c.seq > self.after, *own, *(test(value) for test, value in given if value is not None)]


class LogReader:
    """Reads from the tables of one log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def records(self, wanted: RecordFilter, limit: int) -> tuple[list[bytes], int]:
        """The leaves in order, and the newest number there is."""
        query = select(leaves.c.leaf).where(*wanted.conditions()).order_by(leaves.c.seq).limit(limit)
        async with self._database.reading() as connection:
            # First: records that come in between are then told too early, never too late.
            last = int((await connection.execute(LAST)).scalar_one())
            found = list((await connection.execute(query)).scalars())
        return _within(found), last

    async def bundles(self, after: int) -> tuple[bytes, int]:
        """Whole batches from that of record `after + 1` on, as lines of an archive, as many as a message holds."""
        found, size = b"", after
        try:
            async for bundle in bundles_after(self._database, await self._batch(after)):
                lines = bundle.lines()
                if found and len(found) + len(lines) > MESSAGE:
                    break
                found, size = found + lines, bundle.size
        except DamagedLog as damage:
            if not found:
                raise Refused("log_damaged", str(damage), 500) from damage
        return found, size

    async def _batch(self, after: int) -> int:
        """The number of the last batch that ends at or before record `after`."""
        query = select(func.max(batches.c.number)).where(batches.c.size <= after)
        async with self._database.reading() as connection:
            return int(await connection.scalar(query) or 0)

    async def newest(self) -> str:
        """The newest signed note; empty when there is none."""
        async with self._database.reading() as connection:
            return str(await connection.scalar(NEWEST) or "")

    async def checkpoint(self, size: int | None = None) -> str:
        """The newest signed note, or the last one of that very size; `Refused` (404) when there is none."""
        query = NEWEST
        if size is not None:
            query = query.where(batches.c.size == size)
        async with self._database.reading() as connection:
            note = await connection.scalar(query)
        if note is None:
            words = "There is no checkpoint yet." if size is None else f"No checkpoint of size {size} was signed."
            raise Refused("checkpoint_not_found", words, 404)
        return str(note)

    async def tile(self, level: int, number: int, width: int) -> bytes:
        """The first `width` hashes of a tile."""
        found = (await self._tiles({(level, number)})).get((level, number), b"")
        if len(found) < width * HASH:
            raise Refused("tile_not_found", f"The log has no tile {number} of level {level} with {width} hashes.", 404)
        return found[: width * HASH]

    async def entries(self, number: int, width: int) -> list[bytes]:
        """The leaves under a tile of level 0."""
        first = number * WIDTH + 1
        query = select(leaves.c.leaf).where(leaves.c.seq.between(first, first + width - 1)).order_by(leaves.c.seq)
        async with self._database.reading() as connection:
            found = list((await connection.execute(query)).scalars())
        if len(found) < width:
            raise Refused("tile_not_found", f"The log has no {width} records from {first} on here.", 404)
        return found

    async def inclusion(self, seq: int, size: int | None) -> Proof:
        """Proves that record `seq` is in the tree of `size`, by default that of the newest checkpoint."""
        note = await self.checkpoint(size)
        if not 1 <= seq <= size_of(note):
            raise Refused("record_not_found", f"The log of {size_of(note)} records has no record {seq}.", 404)
        ranges = [(seq - 1, seq), *inclusion(seq - 1, size_of(note))]
        own, *proof = await self._hashes(ranges)
        return Proof(leaf_hash=own, proof=tuple(proof), checkpoint=note)

    async def consistency(self, first: int, size: int | None) -> Proof:
        """Proves that the tree of `size` begins with all that the tree of `first` held."""
        note = await self.checkpoint(size)
        if not 0 <= first <= size_of(note):
            raise Refused("checkpoint_not_found", f"The log has {size_of(note)} records, not {first}.", 404)
        ranges = consistency(first, size_of(note)) if first else []
        return Proof(proof=tuple(await self._hashes(ranges)), checkpoint=note)

    async def _hashes(self, ranges: Sequence[Range]) -> list[str]:
        try:
            found = await self._tiles(places(ranges))
            return [base64.b64encode(hash_of(each, found)).decode() for each in ranges]
        except KeyError as error:
            raise Refused("log_damaged", f"The tile {error} of the audit log is missing or too short.", 500) from error

    async def _tiles(self, wanted: Iterable[Place]) -> dict[Place, bytes]:
        found: dict[Place, bytes] = {}
        every = sorted(wanted)
        async with self._database.reading() as connection:
            for start in range(0, len(every), PLACES):
                here = or_(*(and_(tiles.c.level == a, tiles.c.number == b) for a, b in every[start : start + PLACES]))
                rows = await connection.execute(select(tiles).where(here))
                found |= {(row.level, row.number): row.hashes for row in rows}
        return found


def _within(found: list[bytes]) -> list[bytes]:
    """As many as a message holds; at least one."""
    held = accumulate(map(len, found))
    return [leaf for n, (leaf, size) in enumerate(zip(found, held, strict=True)) if size <= MESSAGE or n == 0]
