"""Loads the accounts as one snapshot, and changes them in one transaction at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from prometheus_client import Counter
from sqlalchemy import update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth import tables
from services.auth.accounts.directory import Directory
from services.auth.accounts.snapshot import load, version
from services.auth.revocation.lost_rights import TOGETHER, losses
from shared.errors import Unavailable
from shared.events import AccessAttempted, AccessChanged, AccessDenied, Event, Loss, RightsRevoked, UnknownNameTried
from shared.sql.database import Database
from shared.sql.outbox import Outbox

SIGN_INS = Counter("cloister_sign_ins_total", "Sign-ins by their outcome and way or fault", ["outcome", "reason"])
# Another replica's change is seen this much later at most; the promise is one second.
FRESH_SECONDS = 0.5


@dataclass
class AccountChange:
    """An act under way: its transaction, and the accounts as they are inside it.

    `newest_question`: the place in ASKS of the newest question under the name of a key that is made.
    """

    connection: AsyncConnection
    directory: Directory
    actor: str
    outbox: Outbox
    newest_question: int = 0

    async def revoke(self, *losses: Loss) -> None:
        """What is lost besides what the accounts show: it leaves in the same transaction."""
        number = await version(self.connection)
        await self.outbox.add(self.connection, RightsRevoked(epoch=number, losses=losses))

    async def record(self, act: str, target: str, **detail: object) -> None:
        """Tell what was done, in the same transaction."""
        await self.outbox.add(self.connection, AccessChanged(actor=self.actor, act=act, target=target, detail=detail))


@contextmanager
def answering() -> Iterator[None]:
    """A database that does not answer is `Unavailable`, which callers know how to wait for."""
    try:
        yield
    except (OperationalError, InterfaceError, OSError) as error:
        raise Unavailable("The accounts cannot be reached now. Try again in a few seconds.") from error


class Accounts:
    """`current` is cheap: it asks the database for its version twice a second at most."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.database, self._outbox = database, outbox
        self._directory: Directory | None = None
        self._checked = float("-inf")
        self._lock = asyncio.Lock()
        self._keeping = asyncio.Lock()
        self._attempts: list[Event] = []

    async def current(self) -> Directory:
        """The accounts as of now; `Unavailable` while the database does not answer."""
        if fresh := self._fresh():
            return fresh
        async with self._lock:
            return self._fresh() or await self._refresh()

    def _fresh(self) -> Directory | None:
        return self._directory if time.monotonic() - self._checked < FRESH_SECONDS else None

    async def _refresh(self) -> Directory:
        began = time.monotonic()
        with answering():
            async with self.database.reading() as connection:
                self._directory = await self._read(connection)
        self._checked = began
        return self._directory

    async def _read(self, connection: AsyncConnection) -> Directory:
        number = await version(connection)
        if self._directory and self._directory.version == number:
            return self._directory
        found = await load(connection, number)
        # Read statement by statement: an act in between would show in halves.
        return found if await version(connection) == number else await self._read(connection)

    @asynccontextmanager
    async def changing(self, actor: str) -> AsyncIterator[AccountChange]:
        """One act: the rows and its event are kept together, and hold here as soon as the block ends."""
        with answering():
            async with self.database.transaction() as connection:
                # First, so that a second writer waits here and then sees what the first one did.
                await connection.execute(update(tables.version).values(number=tables.version.c.number + 1))
                number = await version(connection)
                same = self._directory if self._directory and self._directory.version == number - 1 else None
                before = same or await load(connection, number)
                yield AccountChange(connection, before, actor, self._outbox)
                await self._revoke(connection, before, await load(connection, number))
        self._outbox.send()
        # Under the lock: a reading that began before the commit must not count as fresh.
        async with self._lock:
            self._checked = float("-inf")

    async def _revoke(self, connection: AsyncConnection, before: Directory, after: Directory) -> None:
        """What was lost leaves with the act that took it."""
        lost = losses(before, after)
        for start in range(0, len(lost), TOGETHER):
            await self._outbox.add(
                connection, RightsRevoked(epoch=after.version, losses=lost[start : start + TOGETHER])
            )

    async def attempted(self, attempt: AccessAttempted | AccessDenied | UnknownNameTried) -> None:
        """Keep an attempt's outcome; those that come together share a transaction."""
        if isinstance(attempt, AccessAttempted):
            SIGN_INS.labels(attempt.outcome, attempt.reason or "password").inc()
        self._attempts.append(attempt)
        async with self._keeping:
            if any(one is attempt for one in self._attempts):
                batch = list(self._attempts)
                with answering():
                    async with self.database.transaction() as connection:
                        await self._outbox.add(connection, *batch)
                del self._attempts[: len(batch)]
                self._outbox.send()
