"""Indexes a batch of chunks and reports its progress."""

from services.retrieval.context import RetrievalContext
from services.retrieval.index.embedding_index import ChunkToIndex
from services.retrieval.index.index_set import IndexSet
from services.retrieval.indexing.progress import Progress
from services.retrieval.indexing.sql import AccessLists
from shared.bus import Bus
from shared.events import DocumentChunked, DocumentIndexed

progress = Progress()


async def placed(batch: DocumentChunked, context: RetrievalContext, bus: Bus) -> DocumentIndexed | None:
    """Vectors first, then the rows: what has no row is not found."""
    index_set, chunks = await context.index_set(), context.chunks
    pieces = await _added(batch, index_set, bus) if await chunks.lacks(batch) else []
    kept = await chunks.keep(batch, pieces)
    placed_for = AccessLists(batch.access, batch.allow, batch.deny)
    await index_set.follow(batch.document_id, placed_for, kept.standing.readers)
    if kept.indexed or batch.revision < kept.standing.oldest:
        await index_set.forget(batch.document_id, kept.standing.oldest)
    return kept.indexed


async def _added(batch: DocumentChunked, index_set: IndexSet, bus: Bus) -> list[ChunkToIndex]:
    """Its chunks, when all of them have their vectors."""
    pieces: list[ChunkToIndex] = []
    while len(pieces) < len(batch.chunks):
        with progress.step() as most:
            pieces += await index_set.add(batch, len(pieces), len(pieces) + most)
        await progress.tell(bus, batch, len(pieces))
    return pieces
