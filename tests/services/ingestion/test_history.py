"""What was: revisions keep their facts and some their bytes, removals close when the last of them is gone."""

from pathlib import Path

import pytest
from sqlalchemy import event

from services.ingestion.documents import deletion
from services.ingestion.pipeline import DEATHS, read_revision
from services.ingestion.sandbox.client import Parsed
from services.ingestion.settings import IngestionSettings
from services.ingestion.storage.object_gc import sweep
from services.ingestion.storage.page_text import packed
from shared.errors import Refused, RetryLater, Unavailable
from shared.events import (
    Amend,
    Chunk,
    DeleteDocument,
    DescribeRevisions,
    DocumentAmended,
    DocumentForgotten,
    DocumentIndexed,
    DocumentState,
    DocumentUploaded,
    FindNewest,
    Retry,
    Revision,
)
from shared.page_text import page_of
from tests.services.ingestion.running import Office, describe, of, office, received, right, uploaded

FINANCE = right("finance")
FOUND = Parsed("text/plain", 1, (Chunk(n=0, text="one", page=1, start=0, end=3),), {"hidden": 2})


async def history(here: Office, document_id: str) -> tuple[Revision, ...]:
    wanted = DescribeRevisions(capability="", query="q", document_id=document_id)
    return (await here.history.describe(wanted, FINANCE)).revisions


async def indexed(here: Office, data: bytes, title: str = "a.txt") -> DocumentState:
    """A revision that went all the way."""
    state = await here.documents.receive(received(data, title), FINANCE)
    event = uploaded(**of(state))
    await here.lifecycle.begin(event)
    await here.lifecycle.parsed(event, FOUND, await here.lifecycle.place(event))
    await here.lifecycle.indexed(DocumentIndexed.model_validate(of(state, pages=1, chunks=1)))
    return state


async def test_each_revision_says_what_it_was(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        for data in (b"one", b"three"):
            state = await indexed(here, data)
        new, old = await history(here, state.document_id)
        assert (old.revision, old.size, old.by, old.status, old.superseded) == (1, 3, "person:alice", "indexed", True)
        assert (new.current, new.kept, bool(new.text)) == (True, True, True)
        assert (await here.documents.describe(describe(), FINANCE)).documents[0].taken_out == {"hidden": 2}
        asked = FindNewest(capability="", query="q", document_ids=(state.document_id, "unknown"))
        assert (await here.history.newest(asked, FINANCE)).newest == {state.document_id: 2}
        assert (await here.history.newest(asked, right("sales"))).newest == {}


async def test_facts_stay_when_bytes_are_let_go(tmp_path: Path) -> None:
    async with office(tmp_path, keep=1) as here:
        for data in (b"one", b"two", b"three"):
            state = await indexed(here, data)
        assert [one.kept for one in await history(here, state.document_id)] == [True, True, False]
        assert await sweep(here.database, here.bus) == 2


async def test_a_revision_that_is_not_found_yet_supersedes_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await indexed(here, b"one")
        await here.documents.receive(received(b"two", "a.txt"), FINANCE)
        new, old = await history(here, state.document_id)
        assert (new.status, new.current, old.current, old.superseded) == ("received", False, True, False)


async def test_a_revision_that_was_overtaken_says_so(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.documents.receive(received(b"two", "a.txt"), FINANCE)
        assert await here.lifecycle.begin(uploaded(**of(first))) == 0
        assert [one.status for one in await history(here, first.document_id)] == ["received", "superseded"]


async def test_a_retry_reads_the_same_bytes_as_the_next_revision(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt", object="bytes"), FINANCE)
        wanted = Retry(capability="", query="q", document_id=state.document_id)
        with pytest.raises(Refused) as refusal:
            await here.documents.retry(wanted, FINANCE)
        assert refusal.value.status == 409
        await here.lifecycle.rejected(uploaded(**of(state)), "damaged", "It is damaged.")
        again = await here.documents.retry(wanted, FINANCE)
        assert (again.revision, again.status, again.reason, again.code) == (2, "received", None, None)
        last = (await here.events())[-1]
        assert isinstance(last, DocumentUploaded)
        assert (last.object, last.identity()) == ("bytes", f"document.uploaded.v1:{state.document_id}:2")


async def test_dates_that_change_while_it_is_indexed_are_told_again(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        event = uploaded(**of(state))
        await here.lifecycle.begin(event)
        await here.lifecycle.parsed(event, FOUND)
        amend = Amend(capability="", query="q", document_id=state.document_id, withdrawn=True)
        await here.documents.amend(amend, FINANCE)
        await here.events()
        await here.lifecycle.indexed(DocumentIndexed.model_validate(of(state, pages=1, chunks=1)))
        (told,) = await here.events()
        assert isinstance(told, DocumentAmended)
        assert told.withdrawn


async def test_a_removal_is_over_when_bytes_and_chunks_are_gone(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        for data in (b"one", b"three"):
            state = await indexed(here, data)
        await here.documents.discard(DeleteDocument(capability="", query="q", document_id=state.document_id), FINANCE)
        await sweep(here.database, here.bus)
        left = await deletion.described(here.database, state.document_id, FINANCE)
        assert (left.status, left.revisions, left.size, left.gone_at) == ("removing", 2, 8, None)
        forgotten = DocumentForgotten.model_validate(of(state, chunks=7) | {"title": ""})
        await deletion.forgotten(here.database, forgotten)
        await sweep(here.database, here.bus)
        left = await deletion.described(here.database, state.document_id, FINANCE)
        assert (left.status, left.chunks, left.gone_at is not None) == ("removed", 7, True)
        with pytest.raises(Refused, match="no such document"):
            await deletion.described(here.database, state.document_id, right("sales"))


async def test_reading_that_was_begun_again_and_again_is_counted(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        event = uploaded(**of(await here.documents.receive(received(b"one", "a.txt"), FINANCE)))
        assert [await here.lifecycle.begin(event) for _ in range(3)] == [1, 2, 3]
        await here.lifecycle.postpone(event)
        assert await here.lifecycle.begin(event) == 3


async def test_what_killed_its_readers_a_dozen_times_is_rejected_unread(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        event = uploaded(**of(await here.documents.receive(received(b"one", "a.txt"), FINANCE)))
        for _ in range(DEATHS):
            assert await here.lifecycle.begin(event)
        await read_revision(event, here.lifecycle, Away("must not be asked"), IngestionSettings())  # type: ignore[arg-type]
        state = (await here.documents.describe(describe(), FINANCE)).documents[0]
        assert (state.status, "more than once" in (state.reason or "")) == ("rejected", True)


async def test_waiting_for_the_store_counts_for_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        event = uploaded(**of(await here.documents.receive(received(b"one", "a.txt"), FINANCE)))
        for _ in range(DEATHS + 1):
            with pytest.raises(RetryLater):
                await read_revision(event, here.lifecycle, Away(), IngestionSettings())  # type: ignore[arg-type]
        assert (await here.documents.describe(describe(), FINANCE)).documents[0].status == "parsing"


class Away:
    """A store that does not answer."""

    def __init__(self, why: str = "The object store does not answer now.") -> None:
        self.why = why

    async def get_object(self, name: str) -> bytes:
        raise Unavailable(self.why)


def test_the_text_of_a_page_is_put_together_as_it_is_cited() -> None:
    text = "| a | b |\n| 1 | 2 |\n\nEnd."
    parts = ((0, 9), (10, 19), (21, 25))
    header = "| a | b |\n"  # repeated where a table goes on in another piece
    chunks = [Chunk(n=n, text=header * (n == 1) + text[a:b], page=2, start=a, end=b) for n, (a, b) in enumerate(parts)]
    assert page_of(packed(chunks), 2) == text


async def test_one_revision_of_many_is_read_alone(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        for n in range(6):
            state = await indexed(here, f"{n}".encode())
        read = list[int]()
        engine = here.database._reader.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *given: read.append("revisions.revision = " in given[2]))
        asked = DescribeRevisions(capability="", query="q", document_id=state.document_id, revision=2)
        history = await here.history.describe(asked, FINANCE)
        assert [one.revision for one in history.revisions] == [2]
        assert (history.newest, history.revisions[0].superseded, sum(read)) == (6, True, 1)
