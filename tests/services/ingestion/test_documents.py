"""Documents and their revisions: one of a title, gone when discarded."""

from pathlib import Path

import pytest

from services.ingestion.storage.object_gc import sweep
from shared.errors import Refused
from shared.events import Amend, DeleteDocument, DocumentUploaded, Principal
from tests.services.ingestion.running import describe, of, office, received, right, uploaded

FINANCE = right("finance")
BOB = Principal(id="person:bob", name="bob")


async def test_a_file_is_received_once_and_its_event_leaves(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        again = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        assert (first.status, first.revision, first.change) == ("received", 1, "new")
        assert (again.document_id, again.revision, again.change) == (first.document_id, 1, "unchanged")
        events = await here.events()
        assert [type(event) for event in events] == [DocumentUploaded]
        assert events[0].model_dump()["uploaded_by"] == "person:alice"


async def test_known_bytes_under_a_new_title_are_a_document_of_their_own_that_names_the_other(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await here.documents.receive(received(b"one", "a.txt", object="first"), FINANCE)
        other = await here.documents.receive(received(b"one", "b.txt", object="other"), FINANCE)
        assert first.document_id != other.document_id
        assert (other.title, other.change, other.same_as) == ("b.txt", "new", "a.txt")
        hidden = await here.documents.receive(received(b"two", "c.txt", allow=("person:alice",)), FINANCE)
        stranger = FINANCE.model_copy(update={"principal": BOB, "holders": (BOB.id,)})
        theirs = await here.documents.receive(received(b"two", "d.txt"), stranger)
        assert (hidden.same_as, theirs.same_as) == (None, None), "what they may not see is not named"
        await here.documents.discard(DeleteDocument(capability="", query="q", document_id=first.document_id), FINANCE)
        await sweep(here.database, here.bus)
        assert here.bus.deleted == ["first"]


async def test_the_bytes_sent_twice_are_taken_away_once(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.documents.receive(received(b"one", "a.txt", object="kept"), FINANCE)
        await here.documents.receive(received(b"one", "a.txt", object="spare"), FINANCE)
        assert await sweep(here.database, here.bus) == 1
        assert here.bus.deleted == ["spare"]
        assert await sweep(here.database, here.bus) == 0


async def test_new_bytes_of_a_title_are_the_next_revision(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        second = await here.documents.receive(received(b"two", "a.txt"), FINANCE)
        assert (second.document_id, second.revision) == (first.document_id, 2)
        assert (await here.documents.describe(describe(), FINANCE)).total == 1


async def test_bytes_that_stand_under_another_title_are_the_next_revision_of_the_title_that_is_given(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as here:
        old = await here.documents.receive(received(b"4 euros", "parking.txt"), FINANCE)
        draft = await here.documents.receive(received(b"9 euros", "parking-draft.txt"), FINANCE)
        new = await here.documents.receive(received(b"9 euros", "parking.txt"), FINANCE)
        assert (new.document_id, new.title, new.revision) == (old.document_id, "parking.txt", 2)
        assert (new.change, new.same_as) == ("revision", "parking-draft.txt")
        again = await here.documents.receive(received(b"9 euros", "parking.txt"), FINANCE)
        assert (again.document_id, again.revision) == (old.document_id, 2)
        kept = await here.documents.receive(received(b"9 euros", "parking-draft.txt"), FINANCE)
        assert (kept.document_id, kept.revision) == (draft.document_id, 1)


async def test_the_bytes_of_an_older_revision_are_a_new_one(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        for data in (b"one", b"two", b"one"):
            last = await here.documents.receive(received(data, "a.txt"), FINANCE)
        assert last.revision == 3


async def test_a_rejected_file_may_be_tried_again_under_its_right_name(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await here.documents.receive(received(b"one", "a.pdf"), FINANCE)
        await here.lifecycle.rejected(uploaded(**of(first)), "mislabelled", "Give it its right name.")
        again = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        assert (again.document_id, again.revision, again.title, again.status) == (
            first.document_id,
            2,
            "a.txt",
            "received",
        )


async def test_the_same_bytes_in_two_workspaces_are_two_documents(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        both = right("finance", "sales")
        first = await here.documents.receive(received(b"one", "a.txt"), both)
        second = await here.documents.receive(received(b"one", "a.txt", "sales"), both)
        assert first.document_id != second.document_id


async def test_a_foreign_document_looks_as_if_it_were_not_there(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        sales, told = right("sales"), []
        for document_id in (state.document_id, "unknown"):
            with pytest.raises(Refused) as refusal:
                await here.documents.describe(describe(document_id=document_id), sales)
            told.append((refusal.value.reason, refusal.value.error, refusal.value.status))
        assert told[0] == told[1]
        assert (await here.documents.describe(describe(), sales)).total == 0
        with pytest.raises(Refused, match="no such workspace"):
            await here.documents.receive(received(b"two", "b.txt"), sales)
        with pytest.raises(Refused, match="no such document"):
            await here.documents.discard(DeleteDocument(capability="", query="q", document_id=state.document_id), sales)


async def test_a_discarded_document_leaves_no_row_and_no_bytes(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt", object="bytes"), FINANCE)
        gone = await here.documents.discard(
            DeleteDocument(capability="", query="q", document_id=state.document_id), FINANCE
        )
        assert gone.status == "removed"
        assert [event.subject for event in await here.events()] == ["document.uploaded.v1", "document.removed.v1"]
        await sweep(here.database, here.bus)
        assert here.bus.deleted == ["bytes"]
        assert not await here.lifecycle.begin(uploaded(**of(state)))


async def test_a_title_is_changed_but_not_to_that_of_another(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await here.documents.receive(received(b"one", "a.txt"), FINANCE)
        await here.documents.receive(received(b"two", "b.txt"), FINANCE)
        amended = Amend(capability="", query="q", document_id=state.document_id, title="c.txt")
        assert (await here.documents.amend(amended, FINANCE)).title == "c.txt"
        with pytest.raises(Refused) as refusal:
            await here.documents.amend(amended.model_copy(update={"title": "b.txt"}), FINANCE)
        assert refusal.value.status == 409


async def test_a_refusal_holds_nothing_of_the_refusals_before_it(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        lengths = []
        for _ in range(3):
            with pytest.raises(Refused) as refused:
                await here.documents.describe(describe(document_id="f" * 32), right("finance"))
            lengths.append(len(refused.traceback))
        assert len(set(lengths)) == 1
