"""Creates the tables of each service for its own PostgreSQL user, and checks that they are current."""

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


async def make_tables(owner: str, settings: Settings) -> None:
    """Create the service's database user, if it has its own URL, and migrate its tables."""
    own = owned(owner, settings)
    if own.database_url != settings.database_url:
        engine = create_async_engine(settings.database_url)
        async with engine.begin() as connection:
            await _make_user(connection, own.database_url)
        await engine.dispose()
    database = Database(owner, own)
    try:
        await database.migrate()
    finally:
        await database.close()


async def find_tables(owner: str, settings: Settings) -> None:
    """`NotReady` while the tables are not at the newest migration."""
    database = Database(owner, owned(owner, settings))
    try:
        async with database.reading() as connection:
            there = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
    finally:
        await database.close()
    if set(there) != set(_scripts(owner).get_heads()):
        raise NotReady(f"they are at {', '.join(there) or 'nothing'}")


def owned(owner: str, settings: Settings) -> Settings:
    """The settings with the owner's URL, if CLOISTER_OWNERS names a JSON file of URLs by owner."""
    path = os.environ.get("CLOISTER_OWNERS")
    if not path:
        return settings
    return settings.model_copy(update={"database_url": json.loads(Path(path).read_text())[owner]})


async def _make_user(connection: AsyncConnection, url: str) -> None:
    given = make_url(url)
    user = {"user": given.username}
    for statement, values in ((ROLE, user | {"password": given.password}), (GRANT, user)):
        # These statements take no parameters; the server quotes the values.
        await connection.exec_driver_sql(str(await connection.scalar(text(statement), values)))


def _scripts(owner: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(ROOT / "shared" / "migrations"))
    config.set_main_option("version_locations", str(ROOT / "services" / owner / "migrations"))
    return ScriptDirectory.from_config(config)
