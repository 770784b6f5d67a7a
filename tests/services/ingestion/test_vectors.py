"""How much of a document is found by its meaning, in whatever order that is heard."""

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from services.ingestion.sandbox.client import Parsed
from shared.events import Chunk, DocumentEmbedded, DocumentIndexed, DocumentProgressed, DocumentState
from tests.services.ingestion.running import Office, describe, of, office, received, right, uploaded

FINANCE = right("finance")
FOUND = Parsed("text/plain", 1, tuple(Chunk(n=n, text="one", page=1) for n in range(4)), {})
DUE = datetime(2030, 1, 1, tzinfo=UTC)


async def parsed(here: Office, data: bytes) -> DocumentState:
    state = await here.documents.receive(received(data, "a.txt"), FINANCE)
    await here.lifecycle.begin(uploaded(**of(state)))
    await here.lifecycle.parsed(uploaded(**of(state)), FOUND)
    return state


async def now(here: Office) -> DocumentState:
    return (await here.documents.describe(describe(), FINANCE)).documents[0]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_end_is_the_same_in_whatever_order_it_is_heard(tmp_path: Path, order: tuple[int, ...]) -> None:
    async with office(tmp_path) as here:
        state = await parsed(here, b"one")
        about = {"document_id": state.document_id, "revision": 1}
        share = DocumentProgressed.model_validate(about | {"progress": 1, "vectors": 0.5, "vectors_due": DUE})
        heard = (
            here.lifecycle.indexed(DocumentIndexed.model_validate(of(state, pages=1, chunks=4))),
            here.lifecycle.embedded(DocumentEmbedded.model_validate(of(state, chunks=4))),
            here.lifecycle.progressed(share),
        )
        for n in order:
            await heard[n]
        found = await now(here)
        assert (found.status, found.vectors, found.vectors_due) == ("indexed", 1.0, None)


async def test_the_share_grows_and_begins_again_with_a_new_revision(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        state = await parsed(here, b"one")
        assert (await now(here)).vectors is None
        await here.lifecycle.indexed(DocumentIndexed.model_validate(of(state, pages=1, chunks=4)))
        assert (await now(here)).vectors == 0.0
        for share in (0.25, 0.75, 0.5):
            about = {"document_id": state.document_id, "revision": 1, "progress": 1, "vectors": share}
            await here.lifecycle.progressed(DocumentProgressed.model_validate(about | {"vectors_due": DUE}))
        found = await now(here)
        assert (found.vectors, found.vectors_due) == (0.75, DUE)
        again = await parsed(here, b"two")
        await here.lifecycle.embedded(DocumentEmbedded.model_validate(of(state, chunks=4)))
        found = await now(here)
        assert (again.revision, found.vectors, found.vectors_due) == (2, None, None)
