"""The trail in PostgreSQL: the same promises as in SQLite, by triggers of its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.audit.repository import AuditLog
from shared.database import Database
from shared.settings import Settings
from tests.servers.postgres import postgres
from tests.services.audit.test_repository import SALT, event

__all__ = ["postgres"]
pytestmark = pytest.mark.postgres


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[Database]:
    database = Database("audit", Settings(database_url=postgres))
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA IF EXISTS audit CASCADE"))
    await database.migrate()
    yield database
    await database.close()


async def test_rows_come_back_as_they_were_written_and_once(database: Database) -> None:
    trail = AuditLog(database, SALT)
    await trail.add([event(1, {"query": "问题", "principal": "person:王"}), event(2)])
    await trail.add([event(2), event(3)])
    records = (await trail.read(0, None, 10)).records
    assert [(record.seq, record.stream_seq) for record in records] == [(1, 1), (2, 2), (3, 3)]
    assert (records[0].about, records[0].principal, records[0].at.year) == ("问题", "person:王", 2023)


@pytest.mark.parametrize("statement", ["UPDATE trail SET size = 0", "DELETE FROM trail", "TRUNCATE trail"])
async def test_nobody_changes_deletes_or_empties_it(database: Database, statement: str) -> None:
    await AuditLog(database, SALT).add([event(1)])
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as connection:
            await connection.execute(text(statement))


async def test_two_replicas_leave_neither_gap_nor_repetition(database: Database) -> None:
    first, second = AuditLog(database, SALT), AuditLog(database, SALT)
    for number in range(0, 20, 2):
        await asyncio.gather(first.add([event(number)]), second.add([event(number + 1), event(number)]))
    records = (await first.read(0, None, 100)).records
    assert [record.seq for record in records] == list(range(1, 21))
    assert {record.stream_seq for record in records} == set(range(20))
