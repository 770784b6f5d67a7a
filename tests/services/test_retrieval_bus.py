"""Retrieval on a real bus: documents become findable, questions find them, rights are checked."""

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
from shared.bus.wiring import running
from shared.capability import Right, private_key, sign
from shared.errors import Refused
from shared.events import (
    DocumentIndexed,
    DocumentRemoved,
    Embed,
    Event,
    Principal,
    QueryAsked,
    QueryGrounded,
    Search,
    StepFailed,
)
from shared.settings import settings
from tests.servers.bus import Server, bus
from tests.services.retrieval import batch
from tests.services.words import SIZE

ALICE = Principal(id="person:alice", name="Alice")
RULES = ["The daily allowance in Beijing is 420 yuan.", "Trains before planes."]
__all__ = ["bus"]


@dataclass
class Peers:
    """The services around retrieval, played by the test; `heard` is what reached them."""

    server: Server
    gateway: Bus = field(init=False)
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
        await self.gateway.publish(QueryAsked.model_validate(about | more))
        return query

    def search(self, question: str, *workspaces: str, limit: int = 10) -> Search:
        query = uuid4().hex
        return Search(query=query, capability=self.capability(query, *workspaces), question=question, limit=limit)


def listener(name: str, heard: asyncio.Queue[Event], *kinds: type[Event]) -> Service:
    peer = Service(name)
    for kind in kinds:

        @peer.on(kind)
        async def hear(event: Any) -> None:
            await heard.put(event)

    return peer


@pytest.fixture
async def peers(bus: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Peers]:
    for name, value in {"HOME": bus.home, "EMBEDDER": "tests.services.words:WordModel"}.items():
        monkeypatch.setenv(f"CLOISTER_{name}", str(value))
    settings.cache_clear()
    own.cache_clear()
    retrieval.state.clear()
    here = Peers(bus)
    async with AsyncExitStack() as stack:
        for peer in (listener("dispatch", here.heard, QueryGrounded), retrieval):
            await stack.enter_async_context(running(peer, bus.settings))
        gateway, ingestion = (
            listener("gateway", here.heard, StepFailed),
            listener("ingestion", here.heard, DocumentIndexed),
        )
        here.gateway = await stack.enter_async_context(running(gateway, bus.settings))
        here.ingestion = await stack.enter_async_context(running(ingestion, bus.settings))
        yield here
    settings.cache_clear()
    own.cache_clear()


async def test_a_chunked_document_is_indexed_and_grounds_a_question(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    indexed = await peers.until(DocumentIndexed)
    assert (indexed.document_id, indexed.chunks) == ("travel", 2)
    query = await peers.ask("How high is the daily allowance in Beijing?", "finance")
    grounded = await peers.until(QueryGrounded)
    assert (grounded.query, grounded.passages[0].text) == (query, RULES[0])


async def test_a_question_nothing_speaks_about_is_grounded_on_nothing(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    await peers.until(DocumentIndexed)
    await peers.ask("Who won the football match?", "finance")
    assert (await peers.until(QueryGrounded)).passages == ()


@pytest.mark.parametrize(
    ("more", "reason", "status"),
    [
        ({"capability": "forged"}, "bad_capability", 403),
        ({"workspace": "board"}, "no_workspace", 404),
        ({"seconds": -1}, "expired", 504),
    ],
)
async def test_a_question_without_the_right_to_it_fails_at_once(
    peers: Peers, more: dict[str, Any], reason: str, status: int
) -> None:
    query = await peers.ask("allowance", "finance", **more)
    failed = await peers.until(StepFailed)
    assert (failed.about, failed.reason, failed.status, failed.attempts) == (query, reason, status, 1)


async def test_a_search_answers_inside_its_capability(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    await peers.until(DocumentIndexed)
    found = await peers.gateway.ask(peers.search("daily allowance", "finance", limit=1))
    assert [passage.text for passage in found.passages] == RULES[:1]
    assert not (await peers.gateway.ask(peers.search("daily allowance", "board"))).passages


async def test_a_right_to_another_query_finds_nothing(peers: Peers) -> None:
    stolen = peers.search("allowance", "finance").model_copy(update={"query": "another"})
    with pytest.raises(Refused) as refused:
        await peers.gateway.ask(stolen)
    assert refused.value.reason == "bad_capability"


async def test_a_removed_document_is_found_no_more(peers: Peers) -> None:
    await peers.ingestion.publish(batch("travel", RULES))
    await peers.until(DocumentIndexed)
    await peers.ingestion.publish(
        DocumentRemoved(document_id="travel", revision=1, workspace="finance", title="travel")
    )
    async with asyncio.timeout(10):
        while (await peers.gateway.ask(peers.search("daily allowance", "finance"))).passages:
            continue


async def test_texts_are_embedded_for_others(peers: Peers) -> None:
    embedded = await peers.gateway.ask(Embed(texts=("one", "two")))
    assert embedded.model == "words"
    assert [len(vector) for vector in embedded.vectors] == [SIZE, SIZE]
    with pytest.raises(Refused, match="Send fewer"):
        await peers.gateway.ask(Embed(texts=("x",) * 257))
