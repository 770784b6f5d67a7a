"""A transactional outbox: an event is written with its row and published after the commit."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol
from uuid import uuid4

import orjson
from sqlalchemy import Integer, MetaData, String, Table, Text, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import Column

from shared.bus.envelope import current_trace, within
from shared.bus.origin import ORIGIN, origin
from shared.events import EVENTS, Event
from shared.sql.database import Database

log = logging.getLogger(__name__)
RELAYING = defaultdict[str, asyncio.Lock](asyncio.Lock)
FEW = 4  # events that are written down on the event loop: a batch of chunks takes milliseconds
FIELD, TRACE = "cloister_origin", "cloister_trace"  # fields of a kept event's JSON that its class does not know
CLASSES = {event.__name__: event for event in EVENTS}


class Publisher(Protocol):
    """The part of the bus that the outbox needs."""

    async def publish(self, event: Event, *, headers: dict[str, str] | None = None) -> None: ...


def outbox_table(metadata: MetaData) -> Table:
    """The owner's outbox: add it to the owner's metadata and first migration."""
    return Table(
        "outbox",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=True),
        # SQLite gives the numbers of deleted rows again, so they cannot tell messages apart.
        Column("message_id", String(36), nullable=False),
        Column("event", String(64), nullable=False),
        Column("body", Text, nullable=False),
    )


class Outbox:
    """Events of one owner on their way to the bus, in order.

    A relay that dies before its rows are deleted publishes them again with the same message id, which the stream drops.
    """

    def __init__(self, database: Database, table: Table, bus: Publisher) -> None:
        self._database, self._table, self._bus = database, table, bus
        self._waiting = asyncio.Event()

    async def add(self, connection: AsyncConnection, *events: Event) -> None:
        """Keep the events in this transaction; call `send` after it."""
        await self.keep(connection, await self.written(*events))

    @staticmethod
    async def written(*events: Event) -> list[dict[str, str]]:
        """Their rows for `keep`. Many are written down before the transaction, which others may wait for."""
        return await asyncio.to_thread(_rows, events) if len(events) > FEW else _rows(events)

    async def keep(self, connection: AsyncConnection, rows: list[dict[str, str]]) -> None:
        """As `add`, for events that are written down already."""
        await connection.execute(self._table.insert(), rows)

    def send(self) -> None:
        """Wake the relay."""
        self._waiting.set()

    async def relay(self) -> None:
        """Publish what is kept, oldest first, for ever; what fails is tried again a second later."""
        while True:
            try:
                while await self._publish_some():
                    pass
                # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the event.
                async with asyncio.timeout(5):
                    await self._waiting.wait()
            except TimeoutError:
                continue
            except Exception:  # drivers raise many types; the rows stay and are published later
                log.exception("the outbox could not publish and tries again in a second")
                await asyncio.sleep(1)
            finally:
                self._waiting.clear()

    async def _publish_some(self) -> int:
        if self._database.engine.dialect.name == "postgresql":
            # One relay at a time, whatever the number of replicas: two would publish in no order.
            async with self._database.transaction() as connection:
                await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(self._database.owner))))
                return await self._delete(connection, await self._publish(connection))
        # A write transaction must not wait for the bus: SQLite has one writer. Its file belongs to one process.
        async with RELAYING[str(self._database.engine.url)]:
            async with self._database.reading() as connection:
                published = await self._publish(connection)
            async with self._database.transaction() as connection:
                return await self._delete(connection, published)

    async def _publish(self, connection: AsyncConnection) -> list[int]:
        rows = (await connection.execute(select(self._table).order_by(self._table.c.id).limit(100))).all()
        for row in rows:
            event = CLASSES[row.event].model_validate_json(row.body)
            own = None if event.identity() else {"Nats-Msg-Id": row.message_id, "ce-id": row.message_id}
            came_from, trace = _fields(row.body)
            with origin(came_from), within(trace):
                await self._bus.publish(event, headers=own)
        return [row.id for row in rows]

    async def _delete(self, connection: AsyncConnection, rows: list[int]) -> int:
        if rows:
            await connection.execute(delete(self._table).where(self._table.c.id.in_(rows)))
        return len(rows)


def _rows(events: Sequence[Event]) -> list[dict[str, str]]:
    about = {FIELD: ORIGIN.get(), TRACE: current_trace()}
    return [
        {
            "message_id": str(uuid4()),
            "event": type(event).__name__,
            "body": _with_fields(event.model_dump_json(), about),
        }
        for event in events
    ]


def _with_fields(body: str, about: dict[str, str]) -> str:
    """The event's JSON with where it came from."""
    more = "".join(f',"{name}":{json.dumps(value)}' for name, value in about.items() if value)
    return f"{body[:-1]}{more}}}" if more else body


def _fields(body: str) -> tuple[str, str]:
    """Origin and trace, as they were kept. A batch of chunks is long: it is read for them once, and fast."""
    if not any(f'"{name}":' in body for name in (FIELD, TRACE)):
        return "", ""
    found = orjson.loads(body)
    return str(found.get(FIELD, "")), str(found.get(TRACE, ""))
