"""Auth in a home of its own: the accounts, their tables and a bus that keeps what it is given."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from infra.nats.keys import create_keys
from services.auth.accounts.bootstrap import make_admin
from services.auth.accounts.commands.dispatch import AdminCommands
from services.auth.accounts.own_account import OwnAccount
from services.auth.accounts.repository import Accounts
from services.auth.admission import Admission
from services.auth.bus.bus_accounts import BusAccounts
from services.auth.bus.callout import Callout
from services.auth.callers import Callers
from services.auth.credentials.login import SignIns
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.throttle import Throttle
from services.auth.credentials.tokens import Tokens
from services.auth.rights.quota import Quota
from services.auth.rights.role_templates import templates
from services.auth.tables import outbox
from shared.errors import Refused
from shared.events import Admit, Admitted, Create, Credential, Event, List, Perform, Remove, SignIn
from shared.security.capability import Right, check, public_key
from shared.security.keyring import Keyring, SigningKey
from shared.settings import Settings
from shared.sql.database import Database
from shared.sql.outbox import Outbox

T = TypeVar("T")
QUERY = "0" * 32
PASSWORD = "correct horse battery"


@dataclass
class AuthService:
    """What a test needs of it; `bus` has the events that left."""

    home: Path
    accounts: Accounts
    admission: Admission
    sign_ins: SignIns
    commands: AdminCommands
    own: OwnAccount
    callout: Callout
    tokens: Tokens
    bus: "PublishedEvents"

    async def waiting(self) -> int:
        """How many events have not left yet."""
        async with self.accounts.database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(outbox))).scalar_one())

    async def sign_in(self, username: str = "admin", password: str = PASSWORD) -> Credential:
        signed = await self.sign_ins.sign_in(SignIn(username=username, password=password))
        return Credential(token=signed.access_token)

    async def admit(self, credential: Credential, workspace: str | None = None, **more: Any) -> Admitted:
        until = more.pop("expires_at", datetime.now(UTC) + timedelta(minutes=1))
        more |= {"query": QUERY, "credential": credential, "workspace": workspace}
        return await self.admission.admit(Admit(**more, expires_at=until))

    def right(self, admitted: Admitted, action: Any = "ask") -> Right:
        return check(admitted.capability, public_key(self.home / "keys" / "auth.pub"), query=QUERY, action=action)

    async def make(self, credential: Credential, kind: Any, **fields: Any) -> dict[str, Any]:
        return (await self.commands.create(Create(credential=credential, kind=kind, fields=fields))).fields

    async def names(self, credential: Credential, kind: Any) -> list[dict[str, Any]]:
        return [item.fields for item in (await self.commands.list(List(credential=credential, kind=kind))).items]

    async def remove(self, credential: Credential, kind: Any, name: str) -> dict[str, Any]:
        return (await self.commands.remove(Remove(credential=credential, kind=kind, name=name))).fields

    async def perform(self, credential: Credential, act: Any, name: str, **fields: Any) -> dict[str, Any]:
        return (await self.commands.perform(Perform(credential=credential, act=act, name=name, fields=fields))).fields

    async def person(self, admin: Credential, name: str, **fields: Any) -> Credential:
        """A new user, signed in."""
        await self.make(admin, "user", username=name, password=f"{name} has a long password", **fields)
        return await self.sign_in(name, f"{name} has a long password")


class PublishedEvents:
    """A bus that keeps events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._came = asyncio.Event()

    async def publish(self, event: Event, *, headers: dict[str, str] | None = None) -> None:
        self.events.append(event)
        self._came.set()

    async def until(self, found: Callable[[list[Event]], T | None]) -> T:
        """What `found` sees in the events, as soon as it is there."""
        while (seen := found(self.events)) is None:
            self._came.clear()
            await self._came.wait()
        return seen


@asynccontextmanager
async def auth_service(
    home: Path, *, password: str = PASSWORD, free: int = 5, longest: float = 60, database_url: str = ""
) -> AsyncIterator[AuthService]:
    """Open, with the administrator made."""
    create_keys(home / "keys")
    told = PublishedEvents()
    database = Database("auth", Settings(home=home, database_url=database_url))
    await database.migrate()
    sending = Outbox(database, outbox, told)  # type: ignore[arg-type]
    relaying = asyncio.create_task(sending.relay())
    accounts, passwords, key = Accounts(database, sending), Passwords(), SigningKey(home / "keys" / "auth.key")
    tokens = Tokens(key, Keyring(home / "keys" / "auth.pub"), 60)
    sign_ins = SignIns(accounts, tokens, passwords, Throttle(free, longest))
    await make_admin(accounts, passwords, password, home)
    admission = Admission(accounts, Callers(tokens), key, Quota(accounts.database))
    callout = Callout(BusAccounts(accounts, sign_ins), home / "keys", 3600)
    commands = AdminCommands(accounts, admission, passwords, templates())
    own = OwnAccount(accounts, admission, sign_ins, passwords, tokens)
    yield AuthService(home, accounts, admission, sign_ins, commands, own, callout, tokens, told)
    relaying.cancel()
    with suppress(asyncio.CancelledError):
        await relaying
    await database.close()


async def refused(call: Awaitable[Any]) -> Refused:
    """What the call is refused with."""
    with pytest.raises(Refused) as found:
        await call
    return found.value
