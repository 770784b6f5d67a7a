"""How far a revision is, is told now and then, and never stored."""

import time

import pytest

from services.retrieval.indexing import progress
from services.retrieval.indexing.pace import Pace
from services.retrieval.indexing.pending import Waiting
from services.retrieval.indexing.progress import Progress, progressed
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


async def test_the_share_of_words_grows_over_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS", 0)
    bus, told = Told(), Progress()
    for n in range(4):
        await told.words(bus, batch(n, 4))  # type: ignore[arg-type]
    assert [event.model_dump()["progress"] for event in bus.events] == [0.25, 0.5, 0.75, 1.0]


async def test_it_is_told_no_oftener_than_it_can_be_seen() -> None:
    bus, told = Told(), Progress()
    for _ in range(100):
        await told.words(bus, batch(0, 1))  # type: ignore[arg-type]
    assert len(bus.events) == 1


def test_who_waits_behind_others_is_told_when_its_vectors_are_due() -> None:
    pace = Pace()
    with pace.step(10):
        time.sleep(0.05)
    waiting = [Waiting(name, 1, "w", "t", 1, 40, missing) for name, missing in (("short", 10), ("long", 30))]
    short, long = progressed(waiting, pace)
    assert (short.vectors, long.vectors) == (0.75, 0.25)
    assert short.vectors_due
    assert long.vectors_due
    rate = pace.chunks_a_second
    assert (long.vectors_due - short.vectors_due).total_seconds() == pytest.approx(30 / rate, rel=0.01)
    assert 0 < rate <= 200


def test_nothing_is_promised_before_the_first_step() -> None:
    [only] = progressed([Waiting("d", 1, "w", "t", 1, 4, 4)], Pace())
    assert (only.vectors, only.vectors_due) == (0.0, None)


def test_no_stream_stores_it() -> None:
    kept = [pattern for stream in STREAMS for pattern in stream.subjects]
    assert not [pattern for pattern in kept if covers(pattern, DocumentProgressed.subject)]
