"""Publishes indexing progress, unstored, at most twice a second."""

import time
from collections.abc import Sequence

from services.retrieval.indexing.pace import Pace
from services.retrieval.indexing.pending import PendingVectors, Waiting
from shared.bus import Bus
from shared.events import DocumentChunked, DocumentProgressed

SECONDS = 0.5
SHOWN = 50  # revisions that are told about, of those that wait


class Progress:
    """Of all revisions that one process places."""

    def __init__(self) -> None:
        self._told = 0.0

    def due(self) -> bool:
        """Whether it is time to tell; then the next time begins."""
        if time.monotonic() - self._told < SECONDS:
            return False
        self._told = time.monotonic()
        return True

    async def words(self, bus: Bus, batch: DocumentChunked) -> None:
        """The words of this batch are in, and of all those before it."""
        if self.due():
            about = batch.model_dump(include={"document_id", "revision"})
            share = (batch.batch + 1) / batch.batches
            await bus.publish_ephemeral(DocumentProgressed(**about, progress=round(share, 3)))

    async def vectors(self, bus: Bus, pending: PendingVectors, pace: Pace) -> None:
        """How many of their vectors the revisions have that wait for them, and when they will have all."""
        if self.due():
            waiting = await pending.waiting(SHOWN)
            for event in progressed(waiting, pace):
                await bus.publish_ephemeral(event)


def progressed(waiting: Sequence[Waiting], pace: Pace) -> list[DocumentProgressed]:
    """An event for each."""
    return [
        DocumentProgressed(
            document_id=one.document_id,
            revision=one.revision,
            progress=1.0,
            vectors=round(1 - one.missing / max(one.chunks, 1), 3),
            vectors_due=due,
        )
        for one, due in zip(waiting, pace.due(waiting), strict=True)
    ]
