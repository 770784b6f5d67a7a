"""A revision's way: chunks leave once, in order, and only for the newest."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.ingestion.sandbox.client import Parsed
from services.ingestion.storage.object_gc import sweep
from shared.events import (
    Amend,
    Chunk,
    DeleteDocument,
    DocumentChunked,
    DocumentIndexed,
    DocumentRejected,
    Event,
)
from tests.services.ingestion.running import Office, describe, of, office, received, right, uploaded

FINANCE = right("finance")
FOUND = Parsed("text/plain", 2, tuple(Chunk(n=n, text="字" * 600, page=1) for n in range(130)))


async def test_chunks_leave_in_batches_that_the_bus_takes(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.events()
        assert await here.lifecycle.begin(uploaded(**of(state)))
        await here.lifecycle.parsed(uploaded(**of(state)), FOUND)
        sent = [event for event in await here.events() if isinstance(event, DocumentChunked)]
        assert [event.batch for event in sent] == list(range(len(sent)))
        assert {event.batches for event in sent} == {len(sent)}
        assert [chunk.n for event in sent for chunk in event.chunks] == list(range(130))
        assert all(len(event.chunks) <= 64 and len(event.model_dump_json().encode()) < 410_000 for event in sent)


async def test_a_deletion_does_not_wait_while_a_large_document_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.lifecycle.begin(uploaded(**of(state)))
        gone = DeleteDocument(capability="", query="q", document_id=state.document_id)
        while_written(here, monkeypatch, lambda: here.documents.discard(gone, FINANCE))
        await here.lifecycle.parsed(uploaded(**of(state)), FOUND)
        assert not [event for event in await here.events() if isinstance(event, DocumentChunked)]


async def test_what_is_amended_while_a_document_is_written_down_is_in_its_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.lifecycle.begin(uploaded(**of(state)))
        wanted = Amend(capability="", query="q", document_id=state.document_id, title="Another title")
        while_written(here, monkeypatch, lambda: here.documents.amend(wanted, FINANCE))
        await here.lifecycle.parsed(uploaded(**of(state)), FOUND)
        sent = [event for event in await here.events() if isinstance(event, DocumentChunked)]
        assert {event.title for event in sent} == {"Another title"}
        assert [event.batch for event in sent] == list(range(len(sent)))


def while_written(here: Office, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[object]]) -> None:
    """`act` happens once, between the writing down of the chunks and their transaction."""
    written, done = here.lifecycle.outbox.written, list[object]()

    async def later(*events: Event) -> list[dict[str, str]]:
        if not done and any(isinstance(event, DocumentChunked) for event in events):
            done.append(True)
            async with asyncio.timeout(5):
                await act()
        return await written(*events)

    monkeypatch.setattr(here.lifecycle.outbox, "written", later)


async def test_an_event_that_comes_twice_changes_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.lifecycle.begin(uploaded(**of(state)))
        await here.lifecycle.parsed(uploaded(**of(state)), FOUND)
        await here.events()
        assert not await here.lifecycle.begin(uploaded(**of(state)))
        await here.lifecycle.parsed(uploaded(**of(state)), FOUND)
        assert await here.events() == []


async def test_an_indexed_revision_lets_go_of_the_bytes_before_those_that_are_kept(tmp_path: Path) -> None:
    async with office(tmp_path, keep=0) as here:
        first = await here.documents.receive(received(b"one", "a.txt", object="old"), FINANCE)
        second = await here.documents.receive(received(b"two", "a.txt", object="new"), FINANCE)
        await here.lifecycle.indexed(DocumentIndexed.model_validate(of(first, pages=1, chunks=1)))
        assert (await here.documents.describe(describe(), FINANCE)).documents[0].status == "received"
        await here.lifecycle.indexed(DocumentIndexed.model_validate(of(second, pages=1, chunks=1)))
        assert (await here.documents.describe(describe(), FINANCE)).documents[0].status == "indexed"
        await sweep(here.database, here.bus)
        assert here.bus.deleted == ["old"]


async def test_a_superseded_revision_sends_no_chunks(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.lifecycle.begin(uploaded(**of(first)))
        await here.documents.receive(received(b"two", "a.txt"), FINANCE)
        await here.events()
        await here.lifecycle.parsed(uploaded(**of(first)), FOUND)
        await here.lifecycle.rejected(uploaded(**of(first)), "damaged", "It is damaged.")
        assert await here.events() == []


async def test_a_rejection_tells_the_reason_in_words(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.events()
        await here.lifecycle.rejected(uploaded(**of(state)), "damaged", "It is damaged. Save it anew.")
        assert [event for event in await here.events() if isinstance(event, DocumentRejected)]
        assert (await here.documents.describe(describe(), FINANCE)).documents[
            0
        ].reason == "It is damaged. Save it anew."
