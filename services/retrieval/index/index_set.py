"""The live index and the one being built."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from services.retrieval.embedding.factory import Embedder
from services.retrieval.index.embedding_index import Mute, Piece, Shelf
from services.retrieval.index.protocol import Index
from services.retrieval.indexing.chunk_repository import Chunks
from services.retrieval.indexing.sql import Placed, Readers, point_id
from services.retrieval.search.answerability import Scale
from shared.errors import Unavailable
from shared.events import DocumentChunked

log = logging.getLogger(__name__)


@dataclass
class Library:
    """Searches take `live` once each. What is new goes to both; `behind` says that `coming` missed some of it."""

    chunks: Chunks
    live: Shelf
    coming: Shelf | None = None
    behind: bool = False

    @property
    def now(self) -> "Library":
        """The live shelf alone: what it is when a search begins it is until the search ends."""
        return Library(self.chunks, self.live)

    @property
    def embedder(self) -> Embedder:
        """The live one's; the coming one's when that is gone."""
        return self.coming.embedder if self.coming and isinstance(self.live.embedder, Mute) else self.live.embedder

    @property
    def index(self) -> Index:
        """The one that is searched."""
        return self.live.index

    @property
    def scale(self) -> Scale:
        """The live embedder's."""
        return self.live.scale

    async def add(self, batch: DocumentChunked, at: int, upto: int) -> list[Piece]:
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
        for shelf in self.shelves:
            await shelf.index.forget(document_id, before)

    async def change_readers(self, document_id: str, now: Readers) -> None:
        """Other readers for a document, in every index."""
        for shelf in self.shelves:
            await shelf.index.access(document_id, now.allow, now.deny)

    async def follow(self, document_id: str, placed: Readers, kept: Readers) -> None:
        """Points that were placed for other readers get those of now: embedding takes long enough for a change."""
        if kept.access > placed.access:
            await self.change_readers(document_id, (await self.chunks.standing(document_id)).readers)

    @property
    def shelves(self) -> Sequence[Shelf]:
        """The live one first."""
        return [self.live, self.coming] if self.coming else [self.live]


async def pieces_in(batch: DocumentChunked, at: int, upto: int) -> list[Piece]:
    """The chunks `at` to `upto` of a batch."""
    rows, about = batch.chunks[at:upto], (batch.workspace, batch.document_id, batch.revision, batch.allow, batch.deny)
    ids = [point_id(batch.document_id, batch.revision, chunk.n) for chunk in rows]
    return await pieces_of(ids, [Placed(batch.title, chunk.heading, chunk.text) for chunk in rows], [about] * len(ids))


async def pieces_of(ids: Sequence[str], placed: Sequence[Placed], about: Sequence[Sequence[object]]) -> list[Piece]:
    """With their terms, which every shelf shares."""
    terms = await asyncio.to_thread(lambda: [one.terms for one in placed])
    texts = [one.whole for one in placed]
    return [Piece(*each) for each in zip(ids, texts, terms, about, strict=True)]
