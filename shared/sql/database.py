"""SQL databases: one schema, or SQLite file, for each owner, migrated at start."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.settings import Settings

log = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]
# Alembic keeps what it works on in module globals: one migration at a time in a process.
MIGRATING = asyncio.Lock()


class Database:
    """One owner's tables. SQLite: `<home>/<owner>.db`, WAL, synchronous=FULL; PostgreSQL: the schema `<owner>`."""

    def __init__(self, owner: str, settings: Settings) -> None:
        self.owner = owner
        self.engine = _engine(owner, settings)
        self._reader = _engine(owner, settings, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)
        # SQLite has one writer: waiting here is fair and cheap, its own busy handler polls.
        self._writers = asyncio.Semaphore(1 if self.engine.dialect.name == "sqlite" else 64)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One unit of work: committed at the end of the block, rolled back on an error."""
        async with self._writers, self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads, each statement by itself: no writer is waited for, nothing begun or ended."""
        async with self._reader.connect() as connection:
            yield connection

    async def scrub(self) -> None:
        """What was deleted is overwritten in the file; this takes it out of the log before it, too."""
        if self.engine.dialect.name == "sqlite":
            async with self._writers, self._reader.connect() as connection:
                checkpoint = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                if checkpoint.one()[0]:  # busy, after `busy_timeout`
                    log.warning("%s.db-wal keeps deleted rows until its next checkpoint: they are read", self.owner)

    async def migrate(self) -> None:
        """Bring the owner's tables to the newest revision in `services/<owner>/migrations`."""
        async with MIGRATING, self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self.owner}"'))
                await connection.execute(text(f'SET search_path TO "{self.owner}"'))
            await connection.run_sync(_upgrade, self.owner)

    @classmethod
    @asynccontextmanager
    async def opened(cls, owner: str, settings: Settings) -> AsyncIterator["Database"]:
        """The owner's database, migrated; closed when the block ends."""
        database = cls(owner, settings)
        try:
            await database.migrate()
            yield database
        finally:
            await database.close()

    async def close(self) -> None:
        await self.engine.dispose()
        await self._reader.dispose()


def _engine(owner: str, settings: Settings, **how: Any) -> AsyncEngine:
    if settings.database_url:
        options = {"server_settings": {"search_path": owner}}
        return create_async_engine(settings.database_url, pool_pre_ping=True, connect_args=options, **how)
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(f"sqlite+aiosqlite:///{settings.home / owner}.db", **how)
    event.listen(engine.sync_engine, "connect", _durable)
    if not how:
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _durable(connection: Any, _: Any) -> None:
    # The driver would commit before each CREATE; with our own BEGIN a migration is whole or not at all.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(connection: Connection, owner: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "shared" / "migrations"))
    config.set_main_option("path_separator", "os")  # a folder's name may hold spaces and commas
    config.set_main_option("version_locations", str(ROOT / "services" / owner / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
