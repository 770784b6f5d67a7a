"""A batch of chunks in, findable out: each part of it told as it is placed."""

from services.retrieval.chunks import Readers
from services.retrieval.desk import Desk
from services.retrieval.progress import Progress
from shared.bus import Bus
from shared.events import DocumentChunked, DocumentIndexed

STRIDE = 8  # chunks between two signs of life: about three seconds of a small machine
progress = Progress()


async def placed(batch: DocumentChunked, desk: Desk, bus: Bus) -> DocumentIndexed | None:
    """Vectors first, then the rows: what has no row is not found."""
    library, chunks = await desk.library(), desk.chunks
    place = await chunks.place(batch)
    if not place.stale and not place.known:
        for at in range(0, len(batch.chunks), STRIDE):
            await library.add(batch, at, at + STRIDE)
            await progress.tell(bus, batch, at + STRIDE)
    indexed = None if place.stale else await chunks.keep(batch)
    await library.follow(batch.document_id, Readers(batch.access, batch.allow, batch.deny))
    oldest = await chunks.oldest(batch.document_id)
    if indexed or batch.revision < oldest:
        await library.forget(batch.document_id, oldest)
    return indexed
