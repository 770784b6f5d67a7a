"""How far a revision is, told while its chunks are placed: not stored, and at most twice a second."""

import time

from shared.bus import Bus
from shared.events import DocumentChunked, DocumentProgressed

SECONDS = 0.5


class Progress:
    """Of all revisions that one process places."""

    def __init__(self) -> None:
        self._told = 0.0

    async def tell(self, bus: Bus, batch: DocumentChunked, placed: int) -> None:
        """So many chunks of this batch are placed, and all of those before it."""
        if time.monotonic() - self._told < SECONDS:
            return
        self._told = time.monotonic()
        share = (batch.batch + min(placed / len(batch.chunks), 1)) / batch.batches
        about = batch.model_dump(include={"document_id", "revision"})
        await bus.tell(DocumentProgressed(**about, progress=round(share, 3)))
