"""What came in an archive has the archive's readers, and brings nobody a right over documents of the same bytes."""

from pathlib import Path
from typing import Any

from services.ingestion.pipeline import read_revision
from services.ingestion.settings import IngestionSettings
from shared.events import ChangeAccess, DocumentState, DocumentUploaded
from tests.services.ingestion.running import Office, describe, office, received
from tests.services.ingestion.test_attachments import Shelf, archive
from tests.services.ingestion.test_rights import ALICE, ASKED, BOB, BOSS, of, put

DENIED = ("group:sales",)


async def bring(here: Office, shelf: Shelf, by: Any, data: bytes, **lists: tuple[str, ...]) -> DocumentState:
    request = received(data, "box.zip", **lists)
    shelf.objects[request.object] = data
    state = await here.documents.receive(request, by)
    while waiting := [event for event in await here.events() if isinstance(event, DocumentUploaded)]:
        for event in waiting:
            if event.object in shelf.objects:
                await read_revision(event, here.lifecycle, shelf, IngestionSettings())  # type: ignore[arg-type]
    return state


async def lists(here: Office) -> dict[str, tuple[Any, Any]]:
    """As the workspace's manager sees them."""
    every = (await here.documents.describe(describe(), BOSS)).documents
    return {state.title: (state.allow, state.deny) for state in every}


async def test_a_member_comes_with_the_readers_of_its_archive_and_follows_their_change(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        shelf, data = Shelf(), archive(one_txt=b"The first paper.", two_txt=b"The second paper.")
        box = await bring(here, shelf, ALICE, data, deny=DENIED)
        assert set((await lists(here)).values()) == {((), DENIED)}
        assert len(await lists(here)) == 3
        assert (await here.documents.describe(describe(), BOB)).total == 0
        change = {"document_id": box.document_id, "deny": (), "allow": ("group:finance",)}
        await here.documents.change_access(ChangeAccess.model_validate(ASKED | change), BOSS)
        assert set((await lists(here)).values()) == {(("group:finance",), ())}


async def test_an_archive_changes_nothing_of_a_document_that_has_a_members_bytes(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        shelf, paper = Shelf(), b"The merger closes in May."
        await put(here, of("carol"), paper, "merger.txt", allow=("person:carol",))
        await put(here, of("carol"), b"The canteen opens at noon.", "canteen.txt")
        data = archive(copy_txt=paper, noon_txt=b"The canteen opens at noon.")
        await bring(here, shelf, of("eve"), data, allow=("person:eve",), deny=("person:carol",))
        now = await lists(here)
        assert now["merger.txt"] == (("person:carol",), ())
        assert now["canteen.txt"] == ((), ())
        assert now["box.zip/copy.txt"] == (("person:eve",), ("person:carol",)), "a copy of eve's own"


async def test_a_member_keeps_its_place_when_somebody_else_brings_the_archive_anew(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        shelf = Shelf()
        await bring(here, shelf, ALICE, archive(one_txt=b"The first paper."), allow=("group:finance",))
        finance = of("dan", "group:finance")
        await bring(here, shelf, finance, archive(one_txt=b"The first paper, again."), allow=("group:finance",))
        every = (await here.documents.describe(describe(), BOSS)).documents
        assert {(state.title, state.revision) for state in every} == {("box.zip", 2), ("box.zip/one.txt", 2)}
        assert {state.allow for state in every} == {("group:finance",)}
