"""Lists that come with an upload or a change: checked, told once, and silent about what is hidden."""

from pathlib import Path

import pytest

from shared.errors import Refused
from shared.events import Amend, DocumentAccessChanged, DocumentUploaded
from tests.services.ingestion.running import office
from tests.services.ingestion.test_rights import ASKED, BOB, of, put, relist


async def test_a_change_is_told_once_with_who_made_it_and_its_number(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        document = (await put(here)).document_id
        await relist(here, document, allow=["person:bob", "group:finance", "person:bob"])
        await relist(here, document, allow=["group:finance", "person:bob"])
        await relist(here, document, deny=["person:zoe"])
        changes = [event for event in await here.events() if isinstance(event, DocumentAccessChanged)]
        assert [(one.access, one.by, one.allow, one.deny) for one in changes] == [
            (1, "person:boss", ("group:finance", "person:bob"), ()),
            (2, "person:boss", ("group:finance", "person:bob"), ("person:zoe",)),
        ]


@pytest.mark.parametrize("wrong", ["finance", "group:", "team:finance", "person:Al ice", "role:king", "app:X", "*"])
async def test_a_name_that_is_none_is_refused_with_the_remedy(tmp_path: Path, wrong: str) -> None:
    async with office(tmp_path) as here:
        for field in ("allow", "deny"):
            with pytest.raises(Refused, match="group:finance") as refused:
                await put(here, **{field: (wrong,)})
            assert (refused.value.status, repr(field)[1:-1] in refused.value.error) == (422, True)
        with pytest.raises(Refused, match="100 at most"):
            await put(here, deny=tuple(f"person:p{n}" for n in range(101)))


async def test_who_may_write_sets_lists_once_and_changing_them_takes_a_manager(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        first = await put(here, allow=("group:finance",))
        again = await put(here, data=b"two", allow=("group:finance",))
        assert (again.document_id, again.revision) == (first.document_id, 2)
        kept = await put(here, data=b"three")
        assert (kept.revision, kept.allow) == (3, ("group:finance",))
        for data in (b"three", b"four"):
            with pytest.raises(Refused, match="manage") as refused:
                await put(here, data=data, allow=("person:alice",))
            assert refused.value.status == 403
        boss = await put(here, of("boss", "group:finance", managed=("finance",)), data=b"four", deny=("group:sales",))
        assert (boss.revision, boss.deny) == (4, ("group:sales",))
        kinds = [type(event) for event in await here.events()]
        assert kinds == [DocumentUploaded] * 3 + [DocumentAccessChanged, DocumentUploaded]


async def test_a_hidden_documents_title_and_bytes_are_free_for_others(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        hidden = await put(here, allow=("group:finance",))
        for data, title in ((b"other", "a.txt"), (b"one", "b.txt"), (b"third", "c.txt")):
            mine = await put(here, BOB, data, title)
            assert (mine.title, mine.revision, mine.document_id == hidden.document_id) == (title, 1, False)
            again = await put(here, BOB, data, title, object="spare")
            assert again.document_id == mine.document_id
        renamed = await here.documents.amend(
            Amend.model_validate(ASKED | {"document_id": mine.document_id, "title": "a.txt"}), of("carol", "group:it")
        )
        assert renamed.title == "a.txt"


async def test_hidden_bytes_leave_the_title_that_they_stand_under_taken(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        hidden = await put(here, allow=("group:finance",))
        await put(here, BOB, b"one", "b.txt")
        wanted = Amend.model_validate(ASKED | {"document_id": hidden.document_id, "title": "b.txt"})
        with pytest.raises(Refused) as refused:
            await here.documents.amend(wanted, of("boss", "group:finance", managed=("finance",)))
        assert refused.value.reason == "title_taken"
