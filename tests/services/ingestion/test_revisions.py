"""A revision's way: chunks leave once, in order, and only for the newest."""

from pathlib import Path

from services.ingestion.sandbox.client import Parsed
from services.ingestion.storage.object_gc import sweep
from shared.events import Chunk, DocumentChunked, DocumentIndexed, DocumentRejected
from tests.services.ingestion.running import describe, of, office, received, right, uploaded

FINANCE = right("finance")
FOUND = Parsed("text/plain", 2, tuple(Chunk(n=n, text="字" * 600, page=1) for n in range(130)))


async def test_chunks_leave_in_batches_that_the_bus_takes(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.events()
        assert await here.journey.begin(uploaded(**of(state)))
        await here.journey.parsed(uploaded(**of(state)), FOUND)
        sent = [event for event in await here.events() if isinstance(event, DocumentChunked)]
        assert [event.batch for event in sent] == list(range(len(sent)))
        assert {event.batches for event in sent} == {len(sent)}
        assert [chunk.n for event in sent for chunk in event.chunks] == list(range(130))
        assert all(len(event.chunks) <= 64 and len(event.model_dump_json().encode()) < 410_000 for event in sent)


async def test_an_event_that_comes_twice_changes_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.journey.begin(uploaded(**of(state)))
        await here.journey.parsed(uploaded(**of(state)), FOUND)
        await here.events()
        assert not await here.journey.begin(uploaded(**of(state)))
        await here.journey.parsed(uploaded(**of(state)), FOUND)
        assert await here.events() == []


async def test_an_indexed_revision_lets_go_of_the_bytes_before_those_that_are_kept(tmp_path: Path) -> None:
    async with office(tmp_path, keep=0) as here:
        first = await here.documents.receive(received(b"one", "a.txt", object="old"), FINANCE)
        second = await here.documents.receive(received(b"two", "a.txt", object="new"), FINANCE)
        await here.journey.indexed(DocumentIndexed.model_validate(of(first, pages=1, chunks=1)))
        assert (await here.documents.describe(describe(), FINANCE)).documents[0].status == "received"
        await here.journey.indexed(DocumentIndexed.model_validate(of(second, pages=1, chunks=1)))
        assert (await here.documents.describe(describe(), FINANCE)).documents[0].status == "indexed"
        await sweep(here.database, here.bus)
        assert here.bus.deleted == ["old"]


async def test_a_superseded_revision_sends_no_chunks(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.journey.begin(uploaded(**of(first)))
        await here.documents.receive(received(b"two", "a.txt"), FINANCE)
        await here.events()
        await here.journey.parsed(uploaded(**of(first)), FOUND)
        await here.journey.rejected(uploaded(**of(first)), "damaged", "It is damaged.")
        assert await here.events() == []


async def test_a_rejection_tells_the_reason_in_words(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.events()
        await here.journey.rejected(uploaded(**of(state)), "damaged", "It is damaged. Save it anew.")
        assert [event for event in await here.events() if isinstance(event, DocumentRejected)]
        assert (await here.documents.describe(describe(), FINANCE)).documents[
            0
        ].reason == "It is damaged. Save it anew."
