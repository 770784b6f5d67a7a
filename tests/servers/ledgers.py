"""What the owners of a system hold on the disk, read beside the running processes: rows, points and bytes."""

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nats

from bench.system import System
from shared.bus.object_store import loose


def rows(home: Path, owner: str, query: str) -> list[Any]:
    """What a query finds in an owner's tables."""
    connection = sqlite3.connect(f"file:{home / owner}.db?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def points(home: Path) -> dict[str, int]:
    """The points of each document in the index, from a copy of its files: the index itself is in use."""
    import qdrant_edge as engine

    (folder,) = (path for path in (home / "index").iterdir() if path.is_dir())
    with TemporaryDirectory() as copy:
        shard = engine.EdgeShard.load(str(shutil.copytree(folder, Path(copy) / "index")))
        found, _ = shard.scroll(engine.ScrollRequest(limit=100_000, with_payload=True, with_vector=False))
        counts: dict[str, int] = {}
        for point in found:
            counts[point.payload["document"]] = counts.get(point.payload["document"], 0) + 1
        shard.close()
    return counts


async def orphans(system: System) -> set[str]:
    """Bytes that no row names."""
    kept = rows(system.home, "ingestion", "SELECT object FROM revisions UNION SELECT text FROM revisions")

    async def known(names: Sequence[str]) -> set[str]:
        return {name for (name,) in kept} & set(names)

    seed = str(system.home / "keys" / "bus" / "ingestion.seed")
    client = await nats.connect(system.nats_url, nkeys_seed=seed, inbox_prefix="_INBOX_ingestion")
    try:
        return await loose(client, client.jetstream(), known)
    finally:
        await client.close()
