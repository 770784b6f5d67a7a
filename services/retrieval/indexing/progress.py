"""Publishes indexing progress, unstored, at most twice a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared.bus import Bus
from shared.events import DocumentChunked, DocumentProgressed

SECONDS = 0.5
LEAST, MOST = 8, 64  # chunks of a step: the fewest are about three seconds of a small machine


class Progress:
    """Of all revisions that one process places."""

    def __init__(self) -> None:
        self._told, self._step = 0.0, LEAST

    @contextmanager
    def step(self) -> Iterator[int]:
        """So many chunks at a time: twice as many after a quick step, half as many after a slow one."""
        began = time.monotonic()
        yield self._step
        quick = time.monotonic() - began < SECONDS / 2
        self._step = min(2 * self._step, MOST) if quick else max(self._step // 2, LEAST)

    async def tell(self, bus: Bus, batch: DocumentChunked, placed: int) -> None:
        """So many chunks of this batch are placed, and all of those before it."""
        if time.monotonic() - self._told < SECONDS:
            return
        self._told = time.monotonic()
        share = (batch.batch + min(placed / len(batch.chunks), 1)) / batch.batches
        about = batch.model_dump(include={"document_id", "revision"})
        await bus.publish_ephemeral(DocumentProgressed(**about, progress=round(share, 3)))
