"""Indexes a batch of chunks and reports its progress."""

from services.retrieval.context import RetrievalContext
from services.retrieval.index.embedding_index import Piece
from services.retrieval.index.index_set import Library
from services.retrieval.indexing.progress import Progress
from services.retrieval.indexing.sql import Readers
from shared.bus import Bus
from shared.events import DocumentChunked, DocumentIndexed

progress = Progress()


async def placed(batch: DocumentChunked, context: RetrievalContext, bus: Bus) -> DocumentIndexed | None:
    """Vectors first, then the rows: what has no row is not found."""
    library, chunks = await context.library(), context.chunks
    pieces = await _added(batch, library, bus) if await chunks.lacks(batch) else []
    kept = await chunks.keep(batch, pieces)
    placed_for = Readers(batch.access, batch.allow, batch.deny)
    await library.follow(batch.document_id, placed_for, kept.standing.readers)
    if kept.indexed or batch.revision < kept.standing.oldest:
        await library.forget(batch.document_id, kept.standing.oldest)
    return kept.indexed


async def _added(batch: DocumentChunked, library: Library, bus: Bus) -> list[Piece]:
    """Its chunks, when all of them have their vectors."""
    pieces: list[Piece] = []
    while len(pieces) < len(batch.chunks):
        with progress.step() as most:
            pieces += await library.add(batch, len(pieces), len(pieces) + most)
        await progress.tell(bus, batch, len(pieces))
    return pieces
