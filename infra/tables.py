"""Each owner's tables: made for a user of PostgreSQL who sees no other owner's, and compared with what we need."""

import json
import os
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.errors import NotReady
from shared.settings import Settings
from shared.sql.database import ROOT, Database

OWNERS = tuple(sorted(path.parent.name for path in (ROOT / "services").glob("*/migrations")))
ROLE = """SELECT format(CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = CAST(:user AS text))
    THEN 'ALTER ROLE %I LOGIN PASSWORD %L' ELSE 'CREATE ROLE %I LOGIN PASSWORD %L' END,
    CAST(:user AS text), CAST(:password AS text))"""
GRANT = "SELECT format('GRANT CREATE ON DATABASE %I TO %I', current_database(), CAST(:user AS text))"


async def make_tables(owner: str, here: Settings) -> None:
    """Its user, when it has a URL of its own, and its tables in their newest form."""
    own = owned(owner, here)
    if own.database_url != here.database_url:
        engine = create_async_engine(here.database_url)
        async with engine.begin() as connection:
            await _make_user(connection, own.database_url)
        await engine.dispose()
    database = Database(owner, own)
    try:
        await database.migrate()
    finally:
        await database.close()


async def find_tables(owner: str, here: Settings) -> None:
    """Raises `NotReady` while the owner's tables are not those that this program needs."""
    database = Database(owner, owned(owner, here))
    try:
        async with database.reading() as connection:
            there = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
    finally:
        await database.close()
    if set(there) != set(_scripts(owner).get_heads()):
        raise NotReady(f"they are at {', '.join(there) or 'nothing'}")


def owned(owner: str, here: Settings) -> Settings:
    """The settings with the owner's own URL, when CLOISTER_OWNERS is a JSON file of URLs by owner."""
    place = os.environ.get("CLOISTER_OWNERS")
    return here.model_copy(update={"database_url": json.loads(Path(place).read_text())[owner]}) if place else here


async def _make_user(connection: AsyncConnection, url: str) -> None:
    given = make_url(url)
    user = {"user": given.username}
    for statement, values in ((ROLE, user | {"password": given.password}), (GRANT, user)):
        # The server quotes what statements of this kind cannot take as parameters.
        await connection.exec_driver_sql(str(await connection.scalar(text(statement), values)))


def _scripts(owner: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(ROOT / "shared" / "migrations"))
    config.set_main_option("version_locations", str(ROOT / "services" / owner / "migrations"))
    return ScriptDirectory.from_config(config)
