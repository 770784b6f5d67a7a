"""An audit log of a test's own: real tables, and a stream in memory that keeps the server's promises."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.audit import LogKey
from client.audit.bundle import Bundle, from_message
from services.audit.entry_builder import entry_of
from services.audit.log.appender import Appender
from services.audit.log.batches.publisher import Publisher
from services.audit.log.reader import LogReader, RecordFilter
from services.audit.log.tree.note import CheckpointSigner
from services.audit.log.writer import LogWriter
from shared.bus import Delivery
from shared.errors import Conflict
from shared.events import Record
from shared.settings import Settings
from shared.sql.database import Database

SALT = b"salt"


@dataclass
class MemoryStream:
    """AUDIT_LOG: refuses what does not come right after the last message."""

    messages: list[Delivery] = field(default_factory=list)
    away: Exception | None = None

    async def append(self, subject: str, data: bytes, headers: dict[str, str], *, after: int) -> int:
        if self.away:
            raise self.away
        if after != len(self.messages):
            raise Conflict(subject)
        self.messages.append(Delivery(subject, headers, data, "AUDIT_LOG", after + 1))
        return after + 1

    async def last(self, stream: str, subject: str) -> Delivery | None:
        if self.away:
            raise self.away
        return self.messages[-1] if self.messages else None

    async def message(self, stream: str, sequence: int) -> Delivery | None:
        return self.messages[sequence - 1]

    def bundles(self) -> list[Bundle]:
        """As a subscriber gets them."""
        return [from_message(message.headers, message.data) for message in self.messages]


@dataclass
class Log:
    """One log; `again()` is another process on the same tables, stream and key."""

    database: Database
    stream: MemoryStream
    signer: CheckpointSigner
    batch: int = 256

    def __post_init__(self) -> None:
        publisher = Publisher(self.database, self.stream)
        writer = LogWriter(self.database, self.signer, publisher.publish, self.batch)
        self.appender = Appender(self.database, writer, publisher, self.stream)
        self.reader = LogReader(self.database)
        self.key = LogKey(self.signer.vkey)

    @property
    def file(self) -> Path:
        return Path(self.database.engine.url.database or "")

    def again(self) -> "Log":
        return Log(self.database, self.stream, self.signer, self.batch)

    async def add(self, *events: Delivery) -> None:
        await self.appender.add([entry_of(event, SALT) for event in events])

    async def leaves(self) -> list[bytes]:
        return (await self.reader.records(RecordFilter(), 100_000))[0]

    async def records(self, wanted: RecordFilter | None = None, limit: int = 1000) -> list[Record]:
        found, _ = await self.reader.records(wanted or RecordFilter(), limit)
        return [Record.model_validate_json(leaf) for leaf in found]


@asynccontextmanager
async def audit_log(home: Path, batch: int = 256) -> AsyncIterator[Log]:
    database = Database("audit", Settings(home=home))
    await database.migrate()
    try:
        yield Log(database, MemoryStream(), CheckpointSigner(Ed25519PrivateKey.generate()), batch)
    finally:
        await database.close()


def event(
    number: int, body: object = None, *, subject: str = "query.asked.v1", stream: str = "QUERIES", emitter: str = ""
) -> Delivery:
    """A stored event, number `number` of its stream; with `emitter` also of its process."""
    body = {"query": f"q{number}", "principal": {"id": "person:alice"}} if body is None else body
    data = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {"ce-id": f"id-{number}", "ce-source": "/cloister/gateway"}
    headers |= {"cloister-emitter": emitter, "cloister-n": str(number)} if emitter else {}
    reply = f"$JS.ACK.{stream}.audit.1.{number}.{number}.{1_700_000_000_000_000_000 + number * 1000}.0"
    return Delivery(subject, headers, data, stream, number, 1, reply)


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Returns as soon as it holds."""
    for _ in range(round(seconds * 100)):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"it did not hold for {seconds} s")
