"""Indexes a batch of chunks by their words, and has their vectors made."""

from services.retrieval.context import RetrievalContext
from services.retrieval.indexing.progress import Progress
from services.retrieval.indexing.sql import AccessLists
from shared.bus import Bus
from shared.events import DocumentChunked

progress = Progress()


async def placed(batch: DocumentChunked, context: RetrievalContext, bus: Bus) -> None:
    """The index first, then the rows: what has no row is not found."""
    index_set, chunks = await context.index_set(), context.chunks
    pieces = await index_set.add(batch) if await chunks.lacks(batch) else []
    kept = await chunks.keep(batch, pieces)
    placed_for = AccessLists(batch.access, batch.allow, batch.deny)
    await index_set.follow(batch.document_id, placed_for, kept.standing.readers)
    if kept.indexed or batch.revision < kept.standing.oldest:
        await index_set.forget(batch.document_id, kept.standing.oldest)
    if not kept.indexed:
        return await progress.words(bus, batch)
    await bus.publish(kept.indexed)  # before its vectors are made: nobody hears of them first
    await chunks.enqueue(batch)
    context.vectors.wake()
