"""The life of a document on PostgreSQL: its history, what is due, and its removal, as on SQLite."""

from pathlib import Path

import pytest

from services.ingestion.documents import deletion
from services.ingestion.storage.object_gc import sweep
from services.ingestion.storage.orphan_gc import OrphanCollector
from shared.bus.object_store import Known
from shared.events import Amend, DeleteDocument, DescribeRevisions, DocumentForgotten, DocumentIndexed, FindNewest
from tests.servers.postgres import postgres
from tests.services.ingestion.running import Office, describe, of, received, right, uploaded

__all__ = ["postgres"]
FINANCE = right("finance")


class Empty:
    """A store without loose objects, which is told what is known."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    async def loose_objects(self, known: Known) -> set[str]:
        self.known = await known(["one", "three"])
        return set()

    async def drop_object(self, subject: str) -> None:
        raise AssertionError(subject)


@pytest.mark.postgres
async def test_a_document_is_remembered_and_forgotten(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOISTER_DATABASE_URL", postgres)
    here = Office(tmp_path, keep=0)
    assert here.database.engine.dialect.name == "postgresql"
    await here.database.migrate()
    for data in (b"one", b"three"):
        state = await here.documents.receive(received(data, "a.txt", object=data.decode()), FINANCE)
        await here.lifecycle.begin(uploaded(**of(state)))
        await here.lifecycle.indexed(DocumentIndexed.model_validate(of(state, pages=1, chunks=1)))
    told = DescribeRevisions(capability="", query="q", document_id=state.document_id)
    history = (await here.history.describe(told, FINANCE)).revisions
    assert [(one.revision, one.current, one.kept) for one in history] == [(2, True, True), (1, False, False)]
    asked = FindNewest(capability="", query="q", document_ids=(state.document_id,))
    assert (await here.history.newest(asked, FINANCE)).newest == {state.document_id: 2}
    review = Amend.model_validate(
        {"capability": "", "query": "q", "document_id": state.document_id, "review": "2020-01-01T00:00:00Z"}
    )
    assert (await here.documents.amend(review, FINANCE)).review is not None
    assert (await here.documents.describe(describe(due=1, text="A.", status="indexed"), FINANCE)).total == 1
    assert await sweep(here.database, here.bus) == 1
    store = Empty()
    await OrphanCollector(here.database, store, 1).sweep()
    assert store.known == {"three"}
    await here.documents.discard(DeleteDocument(capability="", query="q", document_id=state.document_id), FINANCE)
    await deletion.forgotten(here.database, DocumentForgotten.model_validate(of(state, chunks=3)))
    await sweep(here.database, here.bus)
    left = await deletion.described(here.database, state.document_id, FINANCE)
    assert (left.status, left.chunks, left.revisions) == ("removed", 3, 2)
    await here.database.close()
