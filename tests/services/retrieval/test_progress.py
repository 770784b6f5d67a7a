"""How far a revision is, is told now and then, and never stored."""

import pytest

from services.retrieval.indexing import progress
from services.retrieval.indexing.progress import Progress
from shared.events import Chunk, DocumentChunked, DocumentProgressed, Event
from shared.streams import STREAMS
from shared.streams.consumers import covers


class Told:
    """A bus that is only spoken to."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def publish_ephemeral(self, event: Event) -> None:
        self.events.append(event)


def batch(n: int, of: int) -> DocumentChunked:
    chunks = tuple(Chunk(n=k, text="x", page=1) for k in range(8))
    about = {"document_id": "d", "revision": 2, "workspace": "w", "title": "t", "pages": 1}
    return DocumentChunked.model_validate(about | {"batch": n, "batches": of, "chunks": chunks})


async def test_the_share_grows_over_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS", 0)
    bus, told = Told(), Progress()
    for n in (0, 1):
        for placed in (4, 8):
            await told.tell(bus, batch(n, 2), placed)  # type: ignore[arg-type]
    assert [event.model_dump()["progress"] for event in bus.events] == [0.25, 0.5, 0.75, 1.0]


async def test_it_is_told_no_oftener_than_it_can_be_seen() -> None:
    bus, told = Told(), Progress()
    for _ in range(100):
        await told.tell(bus, batch(0, 1), 4)  # type: ignore[arg-type]
    assert len(bus.events) == 1


def test_no_stream_stores_it() -> None:
    kept = [pattern for stream in STREAMS for pattern in stream.subjects]
    assert not [pattern for pattern in kept if covers(pattern, DocumentProgressed.subject)]
