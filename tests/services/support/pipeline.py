"""Dispatch and inference on a real bus, with a test in the places of retrieval and gateway."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from nats.aio.msg import Msg

from services.dispatch import service as dispatch
from services.inference import service as inference
from services.inference.settings import settings as inference_settings
from shared.bus import Bus, Delivery, Service
from shared.bus.runtime import running
from shared.events import (
    MayRead,
    Passage,
    Principal,
    QueryAnswered,
    QueryGrounded,
    QueryStreamed,
    Readable,
    StepFailed,
)
from shared.security.capability import Right, private_key, sign
from shared.settings import settings
from tests.servers.bus import Server
from tests.services.support.scripted_engine import Parrot, parrot

ALICE = Principal(id="person:alice", name="alice", department="finance")
LEAVE = Passage(
    document_id="d1", revision=1, workspace="hr", title="Leave.pdf", chunk=0, page=3, heading=("Leave", "Annual"),
    text="Employees have 25 days of leave a year. Sick days do not count.", end=63, score=0.9,
)  # fmt: skip
MEALS = LEAVE.model_copy(
    update={"document_id": "d2", "title": "Meals.pdf", "text": "Lunch costs 4 euros.", "score": 0.4}
)


@dataclass
class Pipeline:
    """`ask` as retrieval would; `heard` is all that the gateway hears of a query; documents in `shut` are closed."""

    server: Server
    asker: Bus
    gateway: Bus
    engine: Parrot
    shut: set[str] = field(default_factory=set)
    heard: dict[str, list[Any]] = field(default_factory=dict)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def query(self, question: str = "How many days of leave?", **fields: Any) -> QueryGrounded:
        query, until = (
            fields.pop("query", uuid4().hex),
            datetime.now(UTC) + timedelta(seconds=fields.pop("seconds", 60)),
        )
        principal = fields.pop("principal", ALICE)
        right = Right(principal=principal, workspaces=("hr",), actions=("ask",), query=query, expires_at=until)
        about = {"query": query, "client": "gateway", "principal": principal, "question": question, "expires_at": until}
        capability = sign(right, private_key(self.server.keys / "auth.key"))
        defaults = about | {"capability": capability, "asked_at": datetime.now(UTC), "passages": (LEAVE, MEALS)}
        return QueryGrounded.model_validate(defaults | fields)

    def person(self, name: str) -> Principal:
        return Principal(id=f"person:{name}", name=name, department="finance")

    async def ask(self, question: str = "How many days of leave?", **fields: Any) -> str:
        asked = self.query(question, **fields)
        await self.asker.publish(asked)
        return asked.query

    async def answer(self, query: str) -> QueryAnswered:
        return await self.until(query, lambda heard: [e for e in heard if isinstance(e, QueryAnswered)])

    async def until(self, query: str, found: Any) -> Any:
        """The first event that `found` finds among those heard of the query."""
        async with asyncio.timeout(20), self.arrived:
            while not (events := found(self.heard.get(query, []))):
                await self.arrived.wait()
            return events[0]

    async def failure(self, query: str) -> StepFailed:
        """What became of a query that some step gave up on."""
        return await self.until(query, lambda heard: [e for e in heard if isinstance(e, StepFailed)])

    async def stored(self, subject: str) -> Delivery:
        found = await self.gateway.last("ANSWERS", subject)
        assert found
        return found

    def streamed(self, query: str, kind: str = "token") -> str:
        return "".join(e.text for e in self.heard[query] if isinstance(e, QueryStreamed) and e.kind == kind)

    async def hear(self, message: Msg) -> None:
        kind = {"stream": QueryStreamed, "answered": QueryAnswered}[message.subject.split(".")[0]]
        await self.keep(kind.model_validate_json(message.data))

    async def keep(self, event: Any) -> None:
        async with self.arrived:
            self.heard.setdefault(getattr(event, "query", "") or event.about, []).append(event)
            self.arrived.notify_all()


def listener(here: Pipeline) -> Service:
    """Hears failures, as the gateway does."""
    service = Service("gateway")

    @service.consume(StepFailed)
    async def failed(step: StepFailed) -> None:
        await here.keep(step)

    return service


def keeper(here: Pipeline) -> Service:
    """Says which documents are open, as ingestion does."""
    service = Service("ingestion")

    @service.reply(MayRead)
    async def may_read(request: MayRead) -> Readable:
        return Readable(document_ids=tuple(one for one in request.document_ids if one not in here.shut))

    return service


@asynccontextmanager
async def pipeline(server: Server, *services: Any) -> AsyncIterator[Pipeline]:
    asker, gateway = Bus("retrieval", server.settings), Bus("gateway", server.settings)
    await asker.broker.connect()
    await gateway.broker.connect()
    here = Pipeline(server, asker, gateway, parrot)
    for subject in ("answered.gateway.*", "stream.gateway.*"):
        await gateway.client.subscribe(subject, cb=here.hear)
    await gateway.client.flush()
    async with AsyncExitStack() as stack:
        for service in (*(services or (dispatch, inference)), listener(here), keeper(here)):
            await stack.enter_async_context(running(service, server.settings))
        yield here
    await asker.broker.stop()
    await gateway.broker.stop()


@contextmanager
def configured(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process's settings are those of the test's bus, with the parrot as engine."""
    monkeypatch.setenv("CLOISTER_HOME", str(server.home))
    monkeypatch.setenv("CLOISTER_ENGINE", "tests.services.support.scripted_engine:open_parrot")
    parrot.scripts, parrot.orders, parrot.closed = [["It is ", "25 days", " [1]."]], [], 0
    for cached in (settings, inference_settings):
        cached.cache_clear()
    yield
    for cached in (settings, inference_settings):
        cached.cache_clear()


@pytest.fixture
async def journey(bus: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pipeline]:
    with configured(bus, monkeypatch):
        async with pipeline(bus) as here:
            yield here
