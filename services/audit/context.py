"""The context of the audit service: tables, signing key, writer and reader."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from services.audit.archive.daily import Archive
from services.audit.content.agreement import Agreements
from services.audit.content.reading import ContentReading
from services.audit.content.sealing import Master
from services.audit.content.vault import Vault
from services.audit.entry_builder import entry_of, texts_in
from services.audit.followers import followers
from services.audit.keeping.holds import Holds
from services.audit.keeping.retention import Retention
from services.audit.log.appender import Appender
from services.audit.log.batches.publisher import Publisher
from services.audit.log.reader import LogReader
from services.audit.log.tree.note import CheckpointSigner, open_signer
from services.audit.log.writer import LogWriter
from services.audit.redaction import Redactor, open_redactor
from services.audit.settings import AuditSettings
from shared.background import background
from shared.bus import Bus, Delivery
from shared.errors import NotReady
from shared.events import LogSeen
from shared.security.keyring import Keyring
from shared.security.rights import Rights
from shared.settings import Settings
from shared.sql.database import Database

log = logging.getLogger(__name__)
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
    redactor: Redactor
    vault: Vault
    agreements: Agreements
    holds: Holds

    async def record(self, batch: list[Delivery]) -> None:
        """In the log and on the stream when this returns; before it, texts that the policy says to keep."""
        kept = [texts_in(message, self.redactor) if self.limits.content else [] for message in batch]
        await self.vault.keep([text for texts in kept for text in texts])
        entries = (
            entry_of(message, self.salt, self.redactor, texts) for message, texts in zip(batch, kept, strict=True)
        )
        await self.appender.add(list(entries))

    @property
    def reading(self) -> ContentReading:
        """Shows kept texts."""
        return ContentReading(self.vault, self.agreements, self.reader, self.salt, self.limits.two_people)

    async def state(self) -> LogSeen:
        """Whether the log can be written now, and its newest checkpoint."""
        try:
            note, problem = await self.reader.newest(), self.appender.problem
        except SQLAlchemyError as error:
            note, problem = "", self.appender.problem or str(error).split("\n")[0]
        return LogSeen(checkpoint=note, problem=problem)

    async def show(self, bus: Bus) -> None:
        """Each second for ever: whether the log can be written; each minute without news: a checkpoint all the same."""
        while True:
            quiet = time.monotonic() - self.appender.written_at > self.limits.idle_seconds
            await (self.appender.sign_idle() if quiet else self.appender.check())
            try:
                await bus.publish_ephemeral(await self.state())
            except Exception as error:  # the bus may be away; the state is published again each second
                # A bus that is away hears nothing; who asks is told when it is back.
                log.warning("the audit log could not show itself: %r", error)
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
        reader = LogReader(database)
        context = AuditContext(
            database,
            Appender(database, writer, publisher, bus),
            reader,
            signer,
            read_salt(here.keys_dir / "audit.salt"),
            Rights(Keyring(here.keys_dir / "auth.pub")),
            limits,
            open_redactor(limits.patterns, limits.presidio),
            Vault(database, Master(here.keys_dir / "content.key")),
            Agreements(database),
            Holds(database, reader),
        )
        reading = [follower.run() for follower in followers(database, context.reader, bus, limits)]
        archive = Archive(database, signer, limits.archive or here.home / "archive" / "audit", limits.keep_archive_days)
        retention = Retention(archive, context.vault, context.holds, limits)
        async with background(context.show(bus), retention.run(), *reading):
            yield context


def read_salt(path: Path) -> bytes:
    """The salt of the digests."""
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise NotReady(
            f"The salt {path} cannot be read ({error}). Run `python -m infra.nats`, which makes it."
        ) from error
