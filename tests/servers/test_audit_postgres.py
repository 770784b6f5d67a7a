"""The audit log in PostgreSQL: the same promises as in SQLite, by triggers of its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from client.audit import Verifier
from client.audit.bundle import from_lines
from services.audit.log.tree.note import CheckpointSigner
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.postgres import postgres
from tests.support.audit_log import Log, MemoryStream, event

__all__ = ["postgres"]
pytestmark = pytest.mark.postgres


@pytest.fixture
async def log(postgres: str) -> AsyncIterator[Log]:
    database = Database("audit", Settings(database_url=postgres))
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA IF EXISTS audit CASCADE"))
    await database.migrate()
    yield Log(database, MemoryStream(), CheckpointSigner(Ed25519PrivateKey.generate()))
    await database.close()


async def test_records_come_back_as_they_were_written_and_once(log: Log) -> None:
    await log.add(event(1, {"query": "问题", "principal": "person:王"}), event(2))
    await log.add(event(2), event(3))
    records = await log.records()
    assert [(record.seq, record.stream_seq) for record in records] == [(1, 1), (2, 2), (3, 3)]
    assert (records[0].about, records[0].principal, records[0].at.year) == ("问题", "person:王", 2023)


async def test_what_the_tables_hold_is_what_was_signed(log: Log) -> None:
    await log.add(*(event(n) for n in range(600)))
    read, after = list[bytes](), 0
    while lines := (found := await log.reader.bundles(after))[0]:
        read, after = [*read, *lines.splitlines(keepends=True)], found[1]
    assert Verifier(log.key, first=1).all(from_lines(read, "the tables")).records == 600


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_leaves SET principal = ''", "DELETE FROM log_leaves", "TRUNCATE log_leaves",
        "DELETE FROM log_tiles", "UPDATE log_tiles SET hashes = ''", "TRUNCATE log_batches", "DELETE FROM log_batches",
    ],
)  # fmt: skip
async def test_nobody_changes_deletes_or_empties_it(log: Log, statement: str) -> None:
    await log.add(event(1))
    with pytest.raises(DBAPIError, match="append-only"):
        async with log.database.transaction() as connection:
            await connection.execute(text(statement))


async def test_two_replicas_leave_neither_gap_nor_repetition(log: Log) -> None:
    other = log.again()
    for number in range(0, 20, 2):
        await asyncio.gather(log.add(event(number)), other.add(event(number + 1), event(number)))
    records = await log.records()
    assert [record.seq for record in records] == list(range(1, 21))
    assert {record.stream_seq for record in records} == set(range(20))
