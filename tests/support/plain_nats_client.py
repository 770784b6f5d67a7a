"""A business system that does without our client: NATS as it comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.support.company import Company


@dataclass
class Outsider:
    """What it hears, and what the server complains of."""

    name: str
    client: Client
    heard: asyncio.Queue[Msg] = field(default_factory=asyncio.Queue)
    complaints: list[str] = field(default_factory=list)

    async def says(self, body: bytes, subject: str = "") -> Msg:
        """Published and kept; then the answer."""
        await self.client.jetstream().publish(subject or f"ask.{self.name}", body, timeout=2)
        return await asyncio.wait_for(self.heard.get(), 20)


@asynccontextmanager
async def outsider(cloister: Company, workspace: str, inbox: str = "_INBOX_{}") -> AsyncIterator[Outsider]:
    """`inbox` is the beginning of its reply subjects; `{}` is its name."""
    app = cloister.app("erp", workspace, bus=True)
    complaints: list[str] = []

    async def complain(error: Exception) -> None:
        complaints.append(str(error))

    own = inbox.format(app["name"])
    client = await nats.connect(
        cloister.system.nats_url, user=app["name"], password=app["key"], inbox_prefix=own, error_cb=complain
    )
    erp = Outsider(app["name"], client, complaints=complaints)
    try:
        await client.subscribe(f"answered.{erp.name}.>", cb=erp.heard.put)
        await client.flush()
        yield erp
    finally:
        await client.close()
