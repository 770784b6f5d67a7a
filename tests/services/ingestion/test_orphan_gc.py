"""Bytes that no row names are taken away, and no others."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.ingestion.storage.orphan_gc import OrphanCollector
from services.ingestion.tables import revisions
from shared.bus import Bus
from shared.bus.object_store import CHUNKS, META, Known, loose
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.bus import Server, bus

__all__ = ["bus"]


async def named(database: Database, name: str) -> None:
    """A revision whose bytes lie there."""
    about = {"document_id": "d", "revision": 1, "object": name, "sha256": "0", "size": 1, "uploaded_by": "person:a"}
    async with database.transaction() as connection:
        await connection.execute(revisions.insert().values(**about, created_at=datetime.now(UTC)))


def known(*kept: str) -> Known:
    async def which(names: Sequence[str]) -> set[str]:
        return set(kept) & set(names)

    return which


async def test_what_belongs_to_no_document_goes_after_a_while_and_the_rest_stays(bus: Server, tmp_path: Path) -> None:
    database, store = Database("ingestion", Settings(home=tmp_path)), Bus("ingestion", bus.settings)
    await database.migrate()
    await store.broker.connect()
    for name in ("kept", "left"):
        await store.put_object(name, name.encode() * 100_000)
    await store.jetstream.publish(f"{CHUNKS}HALF", b"of a file")
    await named(database, "kept")
    assert await OrphanCollector(database, store, 60).sweep() == 0
    assert await OrphanCollector(database, store, 0).sweep() == 2
    assert await loose(store.client, store.jetstream, known("kept")) == set()
    assert await store.get_object("kept") == b"kept" * 100_000
    await store.broker.stop()
    await database.close()


async def test_deleted_bytes_leave_nothing_in_the_store(bus: Server) -> None:
    store = Bus("ingestion", bus.settings)
    await store.broker.connect()
    await store.put_object("a", b"secret" * 50_000)
    (meta,) = await loose(store.client, store.jetstream, known())
    assert meta.startswith(META)
    await store.delete_object("a")
    await store.delete_object("a")
    info = await store.jetstream.stream_info("OBJ_documents")
    assert info.state.messages == 0
    await store.broker.stop()
