"""The accounts as SQL keeps them: read as one snapshot, changed one act at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth import tables
from services.auth.accounts.directory import App, Directory, Grant, Person
from shared.database import Database
from shared.errors import Unavailable
from shared.events import AccessAttempted, AccessChanged, Event
from shared.outbox import Outbox

# Another replica's change is seen this much later at most; the promise is one second.
FRESH_SECONDS = 0.5


@dataclass
class Change:
    """An act under way: its transaction, and the accounts as they are inside it."""

    connection: AsyncConnection
    directory: Directory
    actor: str
    outbox: Outbox

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
        self._database, self._outbox = database, outbox
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
            async with self._database.reading() as connection:
                self._directory = await self._read(connection)
        self._checked = began
        return self._directory

    async def _read(self, connection: AsyncConnection) -> Directory:
        number = await _version(connection)
        if self._directory and self._directory.version == number:
            return self._directory
        found = await load(connection, number)
        # Read statement by statement: an act in between would show in halves.
        return found if await _version(connection) == number else await self._read(connection)

    @asynccontextmanager
    async def changing(self, actor: str) -> AsyncIterator[Change]:
        """One act: the rows and its event are kept together, and hold here as soon as the block ends."""
        with answering():
            async with self._database.transaction() as connection:
                # First, so that a second writer waits here and then sees what the first one did.
                await connection.execute(update(tables.version).values(number=tables.version.c.number + 1))
                number = await _version(connection)
                same = self._directory if self._directory and self._directory.version == number - 1 else None
                yield Change(connection, same or await load(connection, number), actor, self._outbox)
        self._outbox.send()
        # Under the lock: a reading that began before the commit must not count as fresh.
        async with self._lock:
            self._checked = float("-inf")

    async def attempted(self, attempt: AccessAttempted) -> None:
        """Keep a sign-in's outcome; those that come together share a transaction."""
        self._attempts.append(attempt)
        async with self._keeping:
            if any(one is attempt for one in self._attempts):
                batch = list(self._attempts)
                with answering():
                    async with self._database.transaction() as connection:
                        await self._outbox.add(connection, *batch)
                del self._attempts[: len(batch)]
                self._outbox.send()


async def load(connection: AsyncConnection, number: int) -> Directory:
    """Every account, as the tables hold them."""
    groups: dict[str, tuple[str, ...]] = {}
    for username, group in await connection.execute(
        select(tables.members.c.username, tables.members.c.group).order_by(tables.members.c.place)
    ):
        groups[username] = (*groups.get(username, ()), group)
    users = (await connection.execute(select(tables.users))).all()
    spaces = (await connection.execute(select(tables.workspaces))).all()
    keys = (await connection.execute(select(tables.keys))).all()
    grants = (await connection.execute(select(tables.grants))).all()
    identities = {row.username: row for row in await connection.execute(select(tables.identities))}
    inside = [user for user in users if not user.removed_at and _enabled(identities.get(user.username))]
    people = [_person(user, groups.get(user.username, ()), identities.get(user.username)) for user in inside]
    return Directory(
        version=number,
        people={person.username: person for person in people},
        apps={key.name: App(key.name, key.digest, frozenset(key.workspaces), key.bus, key.expires_at) for key in keys},
        workspaces={space.name: space.title for space in spaces if not space.removed_at},
        grants={grant.id: Grant(grant.id, grant.workspace, grant.holder, tuple(grant.actions)) for grant in grants},
        used_names=frozenset(user.username for user in users),
        used_workspaces=frozenset(space.name for space in spaces),
        ended_sessions=frozenset((await connection.execute(select(tables.ended_sessions.c.session))).scalars()),
    )


def _enabled(identity: Row[Any] | None) -> bool:
    return identity is None or identity.enabled


def _person(user: Row[Any], groups: tuple[str, ...], identity: Row[Any] | None) -> Person:
    subject = identity.subject if identity else ""
    return Person(user.username, user.uid, user.password, groups, tuple(user.roles), subject)


async def _version(connection: AsyncConnection) -> int:
    number: int = (await connection.execute(select(tables.version.c.number))).scalar_one()
    return number
