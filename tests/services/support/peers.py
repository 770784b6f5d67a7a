"""Retrieval on a real bus, with a test in the places of gateway, ingestion and dispatch; the fixture is `peers`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.retrieval import service as retrieval
from services.retrieval.settings import own
from shared.bus import Bus, Service
from shared.bus.runtime import running
from shared.events import (
    DocumentIndexed,
    Event,
    Principal,
    QueryGrounded,
    QueryRouted,
    Search,
    StepFailed,
)
from shared.security.capability import Right, private_key, sign
from shared.settings import settings
from tests.servers.bus import Server, bus

ALICE = Principal(id="person:alice", name="Alice")
__all__ = ["bus"]


@dataclass
class Peers:
    """The services around retrieval, played by the test; `heard` is what reached them."""

    server: Server
    gateway: Bus = field(init=False)
    connectors: Bus = field(init=False)
    ingestion: Bus = field(init=False)
    heard: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)

    async def until(self, kind: type[Event]) -> Any:
        async with asyncio.timeout(20):
            while not isinstance(event := await self.heard.get(), kind):
                pass
        return event

    def capability(self, query: str, *workspaces: str) -> str:
        until = datetime.now(UTC) + timedelta(seconds=30)
        right = Right(principal=ALICE, workspaces=workspaces, actions=("ask",), query=query, expires_at=until)
        return sign(right, private_key(self.server.keys / "auth.key"))

    async def ask(self, question: str, *workspaces: str, seconds: float = 30, **more: Any) -> str:
        query, now = uuid4().hex, datetime.now(UTC)
        about = {"query": query, "client": "gateway", "principal": ALICE, "question": question, "asked_at": now}
        about |= {"expires_at": now + timedelta(seconds=seconds), "capability": self.capability(query, *workspaces)}
        await self.connectors.publish(QueryRouted.model_validate(about | more))
        return query

    def search(self, question: str, *workspaces: str, limit: int = 10) -> Search:
        query = uuid4().hex
        return Search(query=query, capability=self.capability(query, *workspaces), question=question, limit=limit)


def listener(name: str, heard: asyncio.Queue[Event], *kinds: type[Event]) -> Service:
    peer = Service(name)
    for kind in kinds:

        @peer.consume(kind)
        async def hear(event: Any) -> None:
            await heard.put(event)

    return peer


@pytest.fixture
async def peers(bus: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Peers]:
    for name, value in {"HOME": bus.home, "EMBEDDER": "tests.services.support.word_embedder:WordModel"}.items():
        monkeypatch.setenv(f"CLOISTER_{name}", str(value))
    settings.cache_clear()
    own.cache_clear()
    here = Peers(bus)
    async with AsyncExitStack() as stack:
        for peer in (listener("dispatch", here.heard, QueryGrounded), retrieval):
            await stack.enter_async_context(running(peer, bus.settings))
        gateway, ingestion = (
            listener("gateway", here.heard, StepFailed),
            listener("ingestion", here.heard, DocumentIndexed),
        )
        here.gateway = await stack.enter_async_context(running(gateway, bus.settings))
        here.connectors = await stack.enter_async_context(running(Service("connectors"), bus.settings))
        here.ingestion = await stack.enter_async_context(running(ingestion, bus.settings))
        yield here
    settings.cache_clear()
    own.cache_clear()
