"""A moment is the same moment in every database, zone and message."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Column, Connection, Integer, MetaData, Table, select, text
from sqlalchemy.exc import StatementError

from services.auth.tables import bans, members, users
from services.gateway.tables import browser_sessions
from services.retrieval.tables import chunks, revisions
from shared.events import Amend
from shared.settings import Settings
from shared.sql.database import ROOT, Database
from shared.sql.utc import Utc
from tests.servers.postgres import postgres

__all__ = ["postgres"]
EAST = timezone(timedelta(hours=8))
NOON = datetime(2026, 7, 1, 20, 0, 0, 123456, tzinfo=EAST)
moments = Table("moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", Utc))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres")) if request.param == "postgresql" else ""


@pytest.fixture
async def database(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Of the owner that the test names, else retrieval."""
    owner = getattr(request, "param", "retrieval")
    found = Database(owner, Settings(home=tmp_path, database_url=url))
    if url:
        async with found.engine.begin() as connection:
            await connection.execute(text(f"DROP SCHEMA IF EXISTS {owner} CASCADE"))
            await connection.execute(text(f"CREATE SCHEMA {owner}"))
    yield found
    await found.close()


async def test_a_moment_is_kept_and_compared_whatever_its_zone(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.run_sync(moments.metadata.create_all)
        await connection.execute(moments.insert(), [{"at": NOON}, {"at": None}])
        assert (await connection.scalars(select(moments.c.at).order_by(moments.c.id))).all() == [NOON, None]
        before = NOON.astimezone(UTC) - timedelta(seconds=1)
        for limit, found in ((before, 1), (NOON, 1), (NOON + timedelta(seconds=1), 0)):
            later = select(moments.c.id).where(moments.c.at >= limit)
            assert len((await connection.execute(later)).all()) == found
        await connection.run_sync(moments.metadata.drop_all)


async def test_a_moment_without_a_zone_is_refused_by_columns_and_read_as_utc_from_callers(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.run_sync(moments.metadata.create_all)
        with pytest.raises(StatementError, match="no zone"):
            await connection.execute(moments.insert(), {"at": NOON.replace(tzinfo=None)})
    asked = {"capability": "", "query": "q", "document_id": "d", "effective": "2026-07-01T12:00:00"}
    assert Amend.model_validate(asked).effective == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert Amend.model_validate(asked | {"effective": NOON}).effective == NOON


async def older(database: Database, revision: str) -> None:
    """The owner's tables as they were at this revision."""

    def upgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(ROOT / "shared" / "migrations"))
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", str(ROOT / "services" / database.owner / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)


async def test_dates_of_revisions_become_moments_and_their_chunks_stay(database: Database) -> None:
    await older(database, "0004")
    async with database.engine.begin() as connection:
        await connection.execute(text("INSERT INTO documents (document_id, current, removed) VALUES ('d', 1, 0)"))
        row = "INSERT INTO revisions (document_id, revision, workspace, title, pages, batches, received, effective)"
        await connection.execute(text(f"{row} VALUES ('d', 1, 'w', 't', 1, 1, '[]', {NOON.timestamp()})"))
        chunk = 'INSERT INTO chunks (id, document_id, revision, n, page, heading, start, "end", text, terms)'
        await connection.execute(text(f"{chunk} VALUES ('p', 'd', 1, 0, 1, '[]', 0, 1, 't', :terms)"), {"terms": b""})
    await database.migrate()
    async with database.reading() as connection:
        assert (await connection.scalars(select(chunks.c.id))).all() == ["p"]
        found = (await connection.execute(select(revisions.c.effective, revisions.c.expires))).one()
    assert abs(found.effective - NOON) < timedelta(milliseconds=1)
    assert found.expires is None


@pytest.mark.parametrize("database", ["auth"], indirect=True)
async def test_times_of_accounts_become_moments_and_what_refers_to_them_stays(database: Database) -> None:
    await older(database, "auth_bans")
    at = int(NOON.timestamp())
    rows = (
        f"INSERT INTO users (username, uid, password, roles, created_at) VALUES ('a', 'u', '', '[]', {at})",  # noqa: S608
        "INSERT INTO members (username, \"group\", place) VALUES ('a', 'g', 0)",
        f"INSERT INTO bans (principal, until, rule) VALUES ('person:a', {at}, 'r')",  # noqa: S608
    )
    async with database.engine.begin() as connection:
        for row in rows:
            await connection.execute(text(row))
    await database.migrate()
    whole = NOON.replace(microsecond=0)
    async with database.reading() as connection:
        user = (await connection.execute(select(users))).one()
        assert (user.created_at, user.removed_at, user.locked_at) == (whole, None, None)
        assert (await connection.scalars(select(members.c.group))).all() == ["g"]
        assert (await connection.scalars(select(bans.c.until))).all() == [whole]


@pytest.mark.parametrize("database", ["gateway"], indirect=True)
async def test_times_of_browser_sessions_become_moments(database: Database) -> None:
    await older(database, "gateway_sources")
    at = int(NOON.timestamp())
    names = "digest, id, principal, way, csrf, sealed, issuer_session, created_at, seen_at, expires_at, agent, address"
    async with database.engine.begin() as connection:
        values = f"'d', 'i', 'p', 'w', 'c', 's', '', {at}, {at}, {at}, '', ''"
        await connection.execute(text(f"INSERT INTO browser_sessions ({names}) VALUES ({values})"))  # noqa: S608
    await database.migrate()
    async with database.reading() as connection:
        found = (await connection.execute(select(browser_sessions).where(browser_sessions.c.expires_at <= NOON))).one()
    assert found.created_at == found.seen_at == found.expires_at == NOON.replace(microsecond=0)
