"""Auth with two workspaces, two departments and one system in it; filled once, and copied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.events import Credential, Event
from tests.services.auth.running import AuthService, auth_service


@dataclass
class SeededAuth:
    """Two workspaces, two departments, one system."""

    service: AuthService
    admin: Credential
    alice: Credential
    bob: Credential
    erp: Credential


@dataclass
class Seed:
    """A home that was filled once. A test gets a copy, which takes a fraction of the time."""

    home: TemporaryDirectory[str]
    events: list[Event]
    key: str


SEEDS: list[Seed] = []


@asynccontextmanager
async def seeded(home: Path, *, database_url: str = "") -> AsyncIterator[SeededAuth]:
    key, events = "", list[Event]()
    if not database_url:
        seed = SEEDS[0] if SEEDS else await sow()
        shutil.copytree(seed.home.name, home, dirs_exist_ok=True)
        key, events = seed.key, seed.events
    async with auth_service(home, database_url=database_url) as here:
        here.bus.events += events
        key = key or await fill(here)
        people = (await here.accounts.current()).people
        signed = (Credential(token=here.tokens.sign(people[name])) for name in ("admin", "alice", "bob"))
        yield SeededAuth(here, *signed, Credential(token=key))


async def sow() -> Seed:
    folder = TemporaryDirectory(prefix="cloister-auth-")
    async with auth_service(Path(folder.name)) as here:
        key = await fill(here)
        while await here.waiting():  # noqa: ASYNC110 - the relay tells nobody when it has deleted what it sent
            await asyncio.sleep(0.01)
    SEEDS.append(Seed(folder, here.bus.events, key))
    return SEEDS[0]


async def fill(here: AuthService) -> str:
    """The key of the system."""
    admin = await here.sign_in()
    for name in ("finance", "legal"):
        await here.make(admin, "workspace", name=name)
        await here.make(admin, "grant", workspace=name, to=f"group:{name}", actions=["ask", "read"])
    await here.person(admin, "alice", groups=["finance"], roles=["auditor"])
    await here.person(admin, "bob", groups=["legal"])
    return str((await here.make(admin, "key", name="erp", workspaces=["finance"], bus=True))["key"])
