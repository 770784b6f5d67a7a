"""What the audit service works with, opened once: tables, the log's key, the writer, the reader."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.audit.event_fields import entry_of
from services.audit.log.appender import Appender
from services.audit.log.note import CheckpointSigner, open_signer
from services.audit.log.publisher import Publisher
from services.audit.log.reader import LogReader
from services.audit.log.writer import LogWriter
from services.audit.settings import AuditSettings
from shared.background import background
from shared.bus import Bus, Delivery
from shared.database import Database
from shared.errors import NotReady, Unavailable
from shared.events import LogSeen
from shared.keyring import Keyring
from shared.rights import Rights
from shared.settings import Settings

BEAT_SECONDS = 1.0


@dataclass
class AuditContext:
    """`salt` keys the digests and is kept apart from the records; `rights` checks capabilities."""

    database: Database
    appender: Appender
    reader: LogReader
    signer: CheckpointSigner
    salt: bytes
    rights: Rights
    limits: AuditSettings

    async def record(self, batch: list[Delivery]) -> None:
        """In the log and on the stream when this returns."""
        await self.appender.add([entry_of(message, self.salt) for message in batch])

    async def state(self) -> LogSeen:
        """Whether the log can be written now, and its newest checkpoint."""
        note = ""
        with suppress(Exception):
            note = await self.reader.newest()
        return LogSeen(checkpoint=note, problem=self.appender.problem)

    async def show(self, bus: Bus) -> None:
        """Each second for ever: whether the log can be written; each minute without news: a checkpoint all the same."""
        while True:
            quiet = time.monotonic() - self.appender.written_at > self.limits.idle_seconds
            await (self.appender.sign_idle() if quiet else self.appender.check())
            with suppress(Unavailable, OSError, Exception):
                await bus.publish_ephemeral(await self.state())
            await asyncio.sleep(BEAT_SECONDS)


@asynccontextmanager
async def opened(bus: Bus, here: Settings, limits: AuditSettings) -> AsyncIterator[AuditContext]:
    """Tables migrated, keys read, and the log shown to be writable while this lasts."""
    signer = open_signer(here.keys_dir / "audit.key", limits.origin)
    with suppress(OSError):  # where keys are mounted, `cloister audit key` tells it
        (here.keys_dir / "audit.vkey").write_text(signer.vkey + "\n")
    async with Database.opened("audit", here) as database:
        publisher = Publisher(database, bus)
        writer = LogWriter(database, signer, publisher.publish, limits.batch)
        context = AuditContext(
            database, Appender(database, writer, publisher, bus), LogReader(database), signer,
            salt_in(here.keys_dir / "audit.salt"), Rights(Keyring(here.keys_dir)), limits,
        )  # fmt: skip
        async with background(context.show(bus)):
            yield context


def salt_in(path: Path) -> bytes:
    """The salt of the digests."""
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise NotReady(
            f"The salt {path} cannot be read ({error}). Run `python -m infra.nats`, which makes it."
        ) from error
