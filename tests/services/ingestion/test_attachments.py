"""Archives and e-mails: what came in them is documents of their own, which follow the one they came in."""

import io
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from services.ingestion.pipeline import read_revision
from services.ingestion.settings import IngestionSettings
from shared.events import Amend, DeleteDocument, DocumentAmended, DocumentState, DocumentUploaded
from tests.services.ingestion import running as files
from tests.services.ingestion.running import Office, describe, office, received, right


class Shelf:
    """An object store in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.put: list[str] = []

    async def put_object(self, name: str, data: bytes) -> None:
        self.put.append(name)
        self.objects[name] = data

    async def get_object(self, name: str) -> bytes:
        return self.objects[name]


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in members.items():
            box.writestr(name.replace("_", "."), data)
    return out.getvalue()


async def upload(at: Office, shelf: Shelf, data: bytes, title: str) -> DocumentState:
    """Received and read, as are the documents that came in it."""
    request = received(data, title)
    shelf.objects[request.object] = data
    state = await at.documents.receive(request, right("finance"))
    while waiting := [event for event in await at.events() if isinstance(event, DocumentUploaded)]:
        for event in waiting:
            await read_revision(event, at.lifecycle, shelf, IngestionSettings())  # type: ignore[arg-type]
    return state


async def shown(at: Office) -> dict[str, DocumentState]:
    found = await at.documents.describe(describe(), right("finance"))
    return {state.title: state for state in found.documents}


async def test_each_file_of_an_archive_is_a_document_of_its_own(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        outer = await upload(
            at, Shelf(), archive(合同_txt="付款期限为三十天。".encode(), b_pdf=files.pdf("A page.")), "箱.zip"
        )
        found = await shown(at)
        assert set(found) == {"箱.zip", "箱.zip/合同.txt", "箱.zip/b.pdf"}
        assert {found[name].status for name in found} == {"indexing"}
        assert {found[name].parent for name in found} == {None, outer.document_id}


async def test_a_member_that_cannot_be_read_is_rejected_by_itself(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        await upload(at, Shelf(), archive(good_txt=b"words", bad_pdf=b"%PDF-1.7 nothing"), "a.zip")
        found = await shown(at)
        assert {name: state.status for name, state in found.items()} == {
            "a.zip": "indexing", "a.zip/good.txt": "indexing", "a.zip/bad.pdf": "rejected",
        }  # fmt: skip
        assert "damaged" in (found["a.zip/bad.pdf"].reason or "")


async def test_the_next_revision_changes_only_what_has_changed(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        shelf = Shelf()
        await upload(at, shelf, archive(same_txt=b"the same", old_txt=b"old", changed_txt=b"one"), "a.zip")
        before = await shown(at)
        shelf.put.clear()
        await upload(at, shelf, archive(same_txt=b"the same", new_txt=b"new", changed_txt=b"two"), "a.zip")
        after = await shown(at)
        assert set(after) == {"a.zip", "a.zip/same.txt", "a.zip/new.txt", "a.zip/changed.txt"}
        assert after["a.zip/same.txt"] == before["a.zip/same.txt"]
        assert after["a.zip/changed.txt"].revision == 2
        # Two members and the text of each of three documents.
        assert len(shelf.put) == 5


async def test_a_renamed_member_keeps_its_document(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        shelf = Shelf()
        await upload(at, shelf, archive(a_txt=b"the same words"), "a.zip")
        before = (await shown(at))["a.zip/a.txt"]
        await upload(at, shelf, archive(b_txt=b"the same words"), "a.zip")
        after = await shown(at)
        assert after["a.zip/b.txt"].document_id == before.document_id
        assert "a.zip/a.txt" not in after


async def test_members_of_the_same_bytes_are_documents_of_their_own(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        shelf, twice = Shelf(), archive(a_txt=b"the same words", b_txt=b"the same words")
        await upload(at, shelf, twice, "a.zip")
        assert set(await shown(at)) == {"a.zip", "a.zip/a.txt", "a.zip/b.txt"}
        before = (await shown(at))["a.zip/a.txt"]
        await upload(at, shelf, archive(b_txt=b"the same words", c_txt=b"the same words"), "a.zip")
        after = await shown(at)
        assert set(after) == {"a.zip", "a.zip/b.txt", "a.zip/c.txt"}
        assert after["a.zip/c.txt"].document_id == before.document_id, "the one whose name is gone was renamed"


async def test_deleting_an_archive_deletes_what_came_in_it(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        outer = await upload(at, Shelf(), archive(a_txt=b"words", b_txt=b"more words"), "a.zip")
        await at.documents.discard(
            DeleteDocument(capability="", query="q", document_id=outer.document_id), right("finance")
        )
        assert not await shown(at)


async def test_archives_in_archives_are_unpacked_together(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        inner = archive(c_txt="第三层".encode())
        await upload(at, Shelf(), archive(b_zip=inner, a_txt=b"words"), "a.zip")
        found = await shown(at)
        assert set(found) == {"a.zip", "a.zip/a.txt", "a.zip/b.zip/c.txt"}


async def test_an_archive_that_lies_too_deep_says_so(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        data = archive(z_txt=b"words")
        for _ in range(3):
            data = archive(n_zip=data)
        await upload(at, Shelf(), data, "a.zip")
        found = await shown(at)
        assert found["a.zip/n.zip/n.zip/n.zip"].status == "rejected"
        assert "Unpack it" in (found["a.zip/n.zip/n.zip/n.zip"].reason or "")


@pytest.mark.parametrize("nested", [False, True])
async def test_attachments_are_documents_of_their_own(tmp_path: Path, nested: bool) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["MIME-Version"] = "报价", "a@example.com", "1.0"
    mail.set_content("请看附件。")
    mail.add_attachment("名称,价格\n螺丝,5\n".encode(), maintype="text", subtype="csv", filename="报价单.csv")
    if nested:
        outer = EmailMessage()
        outer["Subject"], outer["From"] = "Fwd", "b@example.com"
        outer.set_content("See below.")
        outer.add_attachment(mail)
        mail = outer
    async with office(tmp_path) as at:
        await upload(at, Shelf(), mail.as_bytes(), "m.eml")
        attached = {"m.eml/报价.eml", "m.eml/报价.eml/报价单.csv"} if nested else {"m.eml/报价单.csv"}
        assert set(await shown(at)) == {"m.eml", *attached}


async def test_what_was_hidden_is_counted_in_the_documents_state(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        await upload(at, Shelf(), "vis\u200bible\U000e0041\U000e0042 words".encode(), "a.txt")
        assert (await shown(at))["a.txt"].taken_out == {"tags": 2, "invisible": 1}


async def test_what_came_in_an_archive_is_withdrawn_and_dated_with_it(tmp_path: Path) -> None:
    expires = datetime(2030, 1, 1, tzinfo=UTC)
    async with office(tmp_path) as at:
        box = await upload(at, Shelf(), archive(a_txt=b"words", b_txt=b"other words"), "box.zip")
        about = {"capability": "", "query": "", "document_id": box.document_id, "title": "crate.zip"}
        await at.documents.amend(
            Amend.model_validate(about | {"withdrawn": True, "expires": expires}), right("finance")
        )
        told = [event for event in await at.events() if isinstance(event, DocumentAmended)]
        assert {event.title: (event.withdrawn, event.expires, event.amendment) for event in told} == dict.fromkeys(
            ("crate.zip", "box.zip/a.txt", "box.zip/b.txt"), (True, expires, 1)
        )
        assert {state.withdrawn for state in (await shown(at)).values()} == {True}
        await at.documents.amend(Amend.model_validate(about | {"withdrawn": False}), right("finance"))
        again = [event for event in await at.events() if isinstance(event, DocumentAmended)]
        assert {(event.withdrawn, event.amendment) for event in again} == {(False, 2)}
