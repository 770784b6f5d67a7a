"""The live index and the one being built."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from services.retrieval.embedding.factory import Embedder
from services.retrieval.index.embedding_index import ChunkToIndex, EmbeddingIndex, MissingModel
from services.retrieval.index.protocol import Index
from services.retrieval.indexing.chunk_repository import ChunkRepository
from services.retrieval.indexing.sql import AccessLists, ChunkText, point_id
from services.retrieval.search.answerability import CosineScale
from shared.errors import Unavailable
from shared.events import DocumentChunked

log = logging.getLogger(__name__)


@dataclass
class IndexSet:
    """Searches take `live` once each. What is new goes to both; `behind` says that `coming` missed some of it."""

    chunks: ChunkRepository
    live: EmbeddingIndex
    coming: EmbeddingIndex | None = None
    behind: bool = False

    @property
    def now(self) -> "IndexSet":
        """The live shelf alone: what it is when a search begins it is until the search ends."""
        return IndexSet(self.chunks, self.live)

    @property
    def embedder(self) -> Embedder:
        """The live one's; the coming one's when that is gone."""
        return (
            self.coming.embedder if self.coming and isinstance(self.live.embedder, MissingModel) else self.live.embedder
        )

    @property
    def index(self) -> Index:
        """The one that is searched."""
        return self.live.index

    @property
    def scale(self) -> CosineScale:
        """The live embedder's."""
        return self.live.scale

    async def add(self, batch: DocumentChunked, at: int, upto: int) -> list[ChunkToIndex]:
        """Place the chunks `at` to `upto` of a batch; they are found once their revision is current."""
        coming, pieces = self.coming, await pieces_in(batch, at, upto)
        await self.live.place(pieces)
        if coming is not None:
            try:
                await coming.place(pieces)
            except Unavailable as error:  # the live one must not wait for a new model that is not well
                log.warning("the new index goes without a batch for now: %s", error)
                self.behind = True
        return pieces

    async def forget(self, document_id: str, before: int) -> None:
        """Take a document's revisions below `before` out of every index."""
        for embedding_index in self.indexes:
            await embedding_index.index.forget(document_id, before)

    async def change_readers(self, document_id: str, now: AccessLists) -> None:
        """Other readers for a document, in every index."""
        for embedding_index in self.indexes:
            await embedding_index.index.access(document_id, now.allow, now.deny)

    async def follow(self, document_id: str, placed: AccessLists, kept: AccessLists) -> None:
        """Points that were placed for other readers get those of now: embedding takes long enough for a change."""
        if kept.access > placed.access:
            await self.change_readers(document_id, (await self.chunks.standing(document_id)).readers)

    @property
    def indexes(self) -> Sequence[EmbeddingIndex]:
        """The live one first."""
        return [self.live, self.coming] if self.coming else [self.live]


async def pieces_in(batch: DocumentChunked, at: int, upto: int) -> list[ChunkToIndex]:
    """The chunks `at` to `upto` of a batch."""
    rows, about = batch.chunks[at:upto], (batch.workspace, batch.document_id, batch.revision, batch.allow, batch.deny)
    ids = [point_id(batch.document_id, batch.revision, chunk.n) for chunk in rows]
    return await chunks_to_index(
        ids, [ChunkText(batch.title, chunk.heading, chunk.text) for chunk in rows], [about] * len(ids)
    )


async def chunks_to_index(
    ids: Sequence[str], placed: Sequence[ChunkText], about: Sequence[Sequence[object]]
) -> list[ChunkToIndex]:
    """With their terms, which every shelf shares."""
    terms = await asyncio.to_thread(lambda: [one.terms for one in placed])
    texts = [one.whole for one in placed]
    return [ChunkToIndex(*each) for each in zip(ids, texts, terms, about, strict=True)]
