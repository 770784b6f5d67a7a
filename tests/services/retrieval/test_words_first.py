"""Chunks are found by their words at once, by their meaning as their vectors come, the shortest documents first."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import ClassVar

import pytest

from services.retrieval.context import RetrievalContext
from services.retrieval.handlers import amend
from services.retrieval.indexing import pending, vectors
from services.retrieval.indexing.pending import PendingVectors
from services.retrieval.search.answerability import ANSWER
from shared.errors import Unavailable
from shared.events import DocumentAmended, DocumentEmbedded, Event
from tests.servers.qdrant_wire import wire
from tests.services.retrieval.running import ask, batch, open_context, open_up, put, remove
from tests.services.support.word_embedder import WordModel

SLOW = f"{__name__}:Slow"
RULES = ["The daily allowance in Beijing is 420 yuan.", "Trains before planes.", "Taxis after ten in the evening."]


class Slow(WordModel):
    """A model that makes a vector of a passage for each release of its gate, and is away while `away` is set."""

    name, batch = "slow", 1
    gate, begun = threading.Semaphore(0), threading.Semaphore(0)
    away = False
    given: ClassVar[list[str]] = []

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        if Slow.away:
            raise Unavailable("The model is away.")
        Slow.given += texts
        Slow.begun.release()
        self.gate.acquire()
        return super().passages(texts)


class Told:
    """A bus that is only spoken to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.told = asyncio.Event()

    async def publish(self, event: Event) -> None:
        self.events.append(event)
        if self.embedded:
            self.told.set()

    publish_ephemeral = publish

    @property
    def embedded(self) -> list[str]:
        return [event.document_id for event in self.events if isinstance(event, DocumentEmbedded)]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Slow.gate, Slow.begun, Slow.away, Slow.given = threading.Semaphore(100), threading.Semaphore(0), False, []
    monkeypatch.setattr(vectors, "PAUSE", 0.01)
    yield
    Slow.gate.release(1000)


@pytest.fixture(params=["edge", "wire", *(["server"] if os.environ.get("CLOISTER_QDRANT_URL") else [])])
async def context(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RetrievalContext]:
    async with AsyncExitStack() as stack:
        more = {}
        if request.param == "server":
            key = os.environ.get("CLOISTER_VECTORS_KEY", "")
            more = {"vectors": os.environ["CLOISTER_QDRANT_URL"], "vectors_key": key}
        if request.param == "wire":
            url, _ = await stack.enter_async_context(wire("key"))
            more = {"vectors": url, "vectors_key": "key"}
        yield await stack.enter_async_context(open_context(tmp_path, **more))


async def work(context: RetrievalContext, steps: int = 100) -> Told:
    """So many steps of the queue, or until nothing waits."""
    bus = Told()
    while steps and await context.vectors.step(bus):  # type: ignore[arg-type]
        steps -= 1
    return bus


async def waiting(context: RetrievalContext) -> list[tuple[str, int]]:
    return [(one.document_id, one.missing) for one in await PendingVectors(context._database).waiting(50)]


async def test_a_document_answers_by_its_words_before_it_has_a_vector(context: RetrievalContext) -> None:
    indexed = await put(context, batch("travel", RULES), vectors=False)
    assert indexed is not None
    assert indexed.chunks == 3
    [first, *_] = await ask(context, "daily allowance in Beijing", least=ANSWER)
    assert (first.text, set(first.legs)) == (RULES[0], {"bm25"})
    assert (await work(context)).embedded == ["travel"]
    [first, *_] = await ask(context, "daily allowance in Beijing", least=ANSWER)
    assert (first.text, set(first.legs)) == (RULES[0], {"bm25", "dense"})
    assert await waiting(context) == []


async def test_a_revision_switches_whole_without_waiting_for_vectors(context: RetrievalContext) -> None:
    await put(context, batch("travel", RULES))
    await put(context, batch("travel", ["The allowance is 500 yuan."], 2, batch=0, batches=2), vectors=False)
    assert {p.revision for p in await ask(context, "allowance trains")} == {1}
    await put(context, batch("travel", ["Trains are gone."], 2, batch=1, batches=2), vectors=False)
    assert {p.revision for p in await ask(context, "allowance trains")} == {2}
    assert [event.revision for event in (await work(context)).events if isinstance(event, DocumentEmbedded)] == [2]
    assert await (await context.index_set()).index.embedded() == 2


async def test_readers_that_changed_before_the_vectors_came_are_kept(context: RetrievalContext) -> None:
    await put(context, batch("travel", RULES), vectors=False)
    await open_up(context, "travel", deny=("person:alice",))
    await work(context)
    assert await ask(context, "daily allowance in Beijing") == ()
    assert await ask(context, "daily allowance in Beijing", parties=(("person:bob",),))


async def test_a_short_document_overtakes_a_long_one(tmp_path: Path) -> None:
    async with open_context(tmp_path, SLOW) as context:
        await put(context, batch("table", [f"row {n}" for n in range(60)]), vectors=False)
        await work(context, 1)
        await put(context, batch("note", ["The gate is closed on Friday."]), vectors=False)
        assert [name for name, _ in await waiting(context)] == ["note", "table"]
        before = len(Slow.given)
        await work(context, 1)
        assert "Friday" in Slow.given[before]
        assert [name for name, _ in await waiting(context)] == ["note", "table"]  # to be announced
        assert (await work(context)).embedded == ["note", "table"]


async def test_a_long_document_that_waited_long_enough_is_before_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("table", [f"row {n}" for n in range(60)]), vectors=False)
        now = pending.time.time()
        for seconds, first in ((30, "note"), (61, "table")):
            monkeypatch.setattr("services.retrieval.indexing.pending.time.time", lambda at=now + seconds: at)
            await put(context, batch(f"note{seconds}", ["Closed."]), vectors=False)
            assert (await waiting(context))[0][0].startswith(first)
            await remove(context, f"note{seconds}")


async def test_a_deleted_document_s_embedding_stops_at_once(tmp_path: Path) -> None:
    async with open_context(tmp_path, SLOW) as context:
        Slow.gate, Slow.begun, Slow.given = threading.Semaphore(0), threading.Semaphore(0), []
        await put(context, batch("table", [f"row {n}" for n in range(60)]), vectors=False)
        step = asyncio.create_task(work(context, 1))
        await asyncio.to_thread(Slow.begun.acquire)
        await asyncio.wait_for(remove(context, "table"), 5)
        Slow.gate.release(1000)
        await step
        assert len(Slow.given) <= 2  # what the threads had already begun
        assert (await work(context)).events == []
        index_set = await context.index_set()
        assert await index_set.index.count() == await context.chunks.count() == 0


async def test_a_withdrawn_document_waits_and_a_restored_one_goes_on(tmp_path: Path) -> None:
    async with open_context(tmp_path, SLOW) as context:
        Slow.given = []  # which measured its scale
        await put(context, batch("travel", RULES), vectors=False)
        about = {"document_id": "travel", "revision": 1, "workspace": "finance", "title": "travel.txt"}
        await amend(DocumentAmended.model_validate(about | {"withdrawn": True, "amendment": 1}), context)
        assert ((await work(context)).events, Slow.given) == ([], [])
        await amend(DocumentAmended.model_validate(about | {"amendment": 2}), context)
        assert (await work(context)).embedded == ["travel"]


async def test_what_a_killed_process_had_taken_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES), vectors=False)
        assert await PendingVectors(context._database).take(2)  # and then it is killed
    async with open_context(tmp_path) as context:
        assert (await work(context)).embedded == []
        assert await waiting(context) == [("travel", 2)]
        monkeypatch.setattr(pending, "LEASE", 0.0)
        later = pending.time.time() + 31
        monkeypatch.setattr("services.retrieval.indexing.pending.time.time", lambda: later)
        assert (await work(context)).embedded == ["travel"]
        assert await (await context.index_set()).index.embedded() == 3
    async with open_context(tmp_path) as context:
        assert (await work(context)).events == []


async def test_the_one_process_of_a_file_goes_on_at_its_start(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES), vectors=False)
        queue, bus = PendingVectors(context._database), Told()
        assert await queue.take(2)  # and then it is killed
        running = asyncio.create_task(context.vectors.run(bus))  # type: ignore[arg-type]
        await asyncio.wait_for(bus.told.wait(), 10)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_revision_whose_last_vector_came_before_a_kill_is_announced_after_it(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("travel", RULES), vectors=False)
        await work(context, 1)
        assert await waiting(context) == [("travel", 0)]
    async with open_context(tmp_path) as context:
        assert (await work(context)).embedded == ["travel"]


async def test_a_model_that_is_away_delays_no_words(tmp_path: Path) -> None:
    async with open_context(tmp_path, SLOW) as context:
        Slow.away = True
        await put(context, batch("travel", RULES), vectors=False)
        bus = Told()
        running = asyncio.create_task(context.vectors.run(bus))  # type: ignore[arg-type]
        [first, *_] = await ask(context, "daily allowance in Beijing")
        assert (first.text, bus.embedded) == (RULES[0], [])
        Slow.away = False
        await asyncio.wait_for(bus.told.wait(), 10)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert await (await context.index_set()).index.embedded() == 3


async def test_a_batch_that_two_deliveries_placed_at_once_gets_its_vectors(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        index_set, event = await context.index_set(), batch("travel", RULES)
        late = await index_set.add(event)  # of a delivery that is slow to keep its rows
        await put(context, event)
        await index_set.add(event)
        assert await index_set.index.embedded() == 0
        await context.chunks.keep(event, late)
        assert await waiting(context) == [("travel", 3)]
        assert (await work(context)).embedded == ["travel"]
        assert await index_set.index.embedded() == 3


async def test_two_processes_do_not_take_the_same_chunks(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await put(context, batch("table", [f"row {n}" for n in range(20)]), vectors=False)
        queue = PendingVectors(context._database)
        taken = [one for one in await asyncio.gather(*(queue.take(8) for _ in range(4))) if one]
        ids = [row["id"] for _, rows in taken for row in rows]
        assert sorted(len(rows) for _, rows in taken) == [4, 8, 8]
        assert len(ids) == len(set(ids)) == 20
