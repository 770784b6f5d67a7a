"""A batch of chunks in, findable out: each part of it told as it is placed."""

from services.retrieval.chunks import Readers
from services.retrieval.desk import Desk
from services.retrieval.library import Library
from services.retrieval.progress import Progress
from services.retrieval.shelf import Piece
from shared.bus import Bus
from shared.events import DocumentChunked, DocumentIndexed

progress = Progress()


async def placed(batch: DocumentChunked, desk: Desk, bus: Bus) -> DocumentIndexed | None:
    """Vectors first, then the rows: what has no row is not found."""
    library, chunks = await desk.library(), desk.chunks
    place = await chunks.place(batch)
    pieces = [] if place.stale or place.known else await _added(batch, library, bus)
    indexed = None if place.stale else await chunks.keep(batch, pieces)
    oldest = await library.follow(batch.document_id, Readers(batch.access, batch.allow, batch.deny))
    if indexed or batch.revision < oldest:
        await library.forget(batch.document_id, oldest)
    return indexed


async def _added(batch: DocumentChunked, library: Library, bus: Bus) -> list[Piece]:
    """Its chunks, when all of them have their vectors."""
    pieces: list[Piece] = []
    while len(pieces) < len(batch.chunks):
        with progress.step() as most:
            pieces += await library.add(batch, len(pieces), len(pieces) + most)
        await progress.tell(bus, batch, len(pieces))
    return pieces
