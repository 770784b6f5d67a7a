"""The live index and the one being built."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import RowMapping

from services.retrieval.embedding.factory import Embedder
from services.retrieval.index.embedding_index import ChunkToIndex, EmbeddingIndex, MissingModel
from services.retrieval.index.protocol import Index
from services.retrieval.indexing.chunk_repository import ChunkRepository
from services.retrieval.indexing.sql import AccessLists, ChunkText, point_id
from services.retrieval.search.answerability import CosineScale
from shared.errors import Unavailable
from shared.events import DocumentChunked

log = logging.getLogger(__name__)
PAYLOAD = ("workspace", "document_id", "revision", "allow", "deny")


@dataclass
class IndexSet:
    """Searches take `live` once each. What is new goes to both; `behind` says that `coming` missed some of it."""

    chunks: ChunkRepository
    live: EmbeddingIndex
    coming: EmbeddingIndex | None = None
    behind: bool = False

    @property
    def now(self) -> "IndexSet":
        """The live index alone: what it is when a search begins it is until the search ends."""
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

    async def add(self, batch: DocumentChunked) -> list[ChunkToIndex]:
        """Place the words of a batch; they are found once their revision is current."""
        pieces = await pieces_in(batch)
        await self.live.words(pieces)
        async with self._beside() as coming:
            if coming:
                await coming.words(pieces)
        return pieces

    async def embed(self, rows: Sequence[RowMapping]) -> None:
        """Place stored chunks with their vectors, as their documents are now."""
        await self.place(self.live, rows)
        async with self._beside() as coming:
            if coming:
                await self.place(coming, rows)

    async def place(self, embedding_index: EmbeddingIndex, rows: Sequence[RowMapping]) -> None:
        """The same for one index."""
        placed = [ChunkText(row["title"], row["heading"], row["text"]) for row in rows]
        about = [tuple(row[name] for name in PAYLOAD) for row in rows]
        await embedding_index.place(await chunks_to_index([row["id"] for row in rows], placed, about))
        # Meanwhile a document may have got other readers, another revision, or gone.
        for id, row in {row["document_id"]: row for row in rows}.items():
            now = await self.chunks.standing(id)
            await self.follow(id, AccessLists.of(row), now.readers)
            await embedding_index.index.forget(id, now.oldest)

    @asynccontextmanager
    async def _beside(self) -> AsyncIterator[EmbeddingIndex | None]:
        """The coming one. The live one must not wait for a new model that is not well."""
        try:
            yield self.coming
        except Unavailable as error:
            log.warning("the new index goes without some chunks for now: %s", error)
            self.behind = True

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


async def pieces_in(batch: DocumentChunked) -> list[ChunkToIndex]:
    """The chunks of a batch."""
    rows, about = batch.chunks, (batch.workspace, batch.document_id, batch.revision, batch.allow, batch.deny)
    ids = [point_id(batch.document_id, batch.revision, chunk.n) for chunk in rows]
    return await chunks_to_index(
        ids, [ChunkText(batch.title, chunk.heading, chunk.text) for chunk in rows], [about] * len(ids)
    )


async def chunks_to_index(
    ids: Sequence[str], placed: Sequence[ChunkText], about: Sequence[Sequence[object]]
) -> list[ChunkToIndex]:
    """With their terms, which every index shares."""
    terms = await asyncio.to_thread(lambda: [one.terms for one in placed])
    texts = [one.whole for one in placed]
    return [ChunkToIndex(*each) for each in zip(ids, texts, terms, about, strict=True)]
