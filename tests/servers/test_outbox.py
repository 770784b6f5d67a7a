"""Two relays of one outbox on a real bus: each event is stored once, in the order of its transaction."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.auth.tables import outbox
from shared.background import background
from shared.bus import Bus, Delivery, Service
from shared.bus.runtime import running
from shared.events import AccessChanged
from shared.settings import Settings
from shared.sql.database import Database
from shared.sql.outbox import Outbox
from tests.servers.bus import Server, bus
from tests.servers.postgres import postgres

__all__ = ["bus", "postgres"]
EVENTS = 60


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return Settings(home=tmp_path)
    here = Settings(home=tmp_path, database_url=request.getfixturevalue("postgres"))
    database = Database("auth", here)
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA IF EXISTS auth CASCADE"))
    await database.close()
    return here


class Replica:
    """A database connection, an outbox and a connection to the bus of its own."""

    def __init__(self, database: Database, to: Bus) -> None:
        self.database, self.outbox = database, Outbox(database, outbox, to)

    async def say(self, number: int) -> None:
        async with self.database.transaction() as connection:
            event = AccessChanged(actor="person:admin", act="created", target=f"person:u{number}")
            await self.outbox.add(connection, event)
        self.outbox.send()


@pytest.fixture
async def replicas(settings: Settings, bus: Server) -> AsyncIterator[list[Replica]]:
    buses = [Bus("auth", bus.settings) for _ in range(2)]
    async with Database.opened("auth", settings) as first, Database.opened("auth", settings) as second:
        for each in buses:
            await each.broker.connect()
        yield [Replica(database, each) for database, each in zip((first, second), buses, strict=True)]
        for each in buses:
            await each.broker.stop()


class Record:
    """The stream AUDIT as the audit service receives it."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self.received = asyncio.Event()
        self.service = Service[Any]("audit")
        self.service.consume_batch("AUDIT")(self.take)

    async def take(self, batch: list[Delivery]) -> None:
        self.targets += [AccessChanged.model_validate_json(each.data).target for each in batch]
        self.received.set()

    async def has(self, number: int) -> None:
        """Returns when the event of this number has been received."""
        async with asyncio.timeout(20):
            while f"person:u{number}" not in self.targets:
                self.received.clear()
                await self.received.wait()


async def test_two_relays_publish_each_event_once_and_in_order(replicas: list[Replica], bus: Server) -> None:
    record = Record()
    async with running(record.service, bus.settings):
        async with background(*(each.outbox.relay() for each in replicas)):
            for number in range(EVENTS):
                await replicas[number % 2].say(number)
            await record.has(EVENTS - 1)
        # A relay that saw the same rows has published them by now: its own row after them comes last.
        await replicas[0].say(EVENTS)
        async with background(replicas[0].outbox.relay()):
            await record.has(EVENTS)
    assert record.targets == [f"person:u{number}" for number in range(EVENTS + 1)]
