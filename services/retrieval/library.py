"""Everything that finding needs, opened together: the model, its index, the rows, and the model's own scale."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from services.retrieval import tokens
from services.retrieval.chunks import Chunks, Readers
from services.retrieval.embed import Embedder, open_embedder
from services.retrieval.evidence import Scale
from services.retrieval.index import Index, Point
from services.retrieval.rows import placed_text, point_id
from services.retrieval.settings import RetrievalSettings
from shared.events import DocumentChunked
from shared.settings import Settings

log = logging.getLogger(__name__)
PAYLOAD = ("workspace", "document_id", "revision", "allow", "deny")


@dataclass
class Library:
    """`scale` is the embedder's; the index belongs to one model, another model gets another one."""

    chunks: Chunks
    embedder: Embedder
    index: Index
    scale: Scale

    async def add(self, batch: DocumentChunked, at: int, upto: int) -> None:
        """Place the chunks `at` to `upto` of a batch; they are found once their revision is current."""
        rows = batch.chunks[at:upto]
        texts = [placed_text(batch.title, chunk.heading, chunk.text) for chunk in rows]
        about: tuple[Any, ...] = batch.workspace, batch.document_id, batch.revision, batch.allow, batch.deny
        ids = [point_id(batch.document_id, batch.revision, chunk.n) for chunk in rows]
        vectors = await self.embedder.passages(texts)
        terms = await asyncio.to_thread(lambda: list(map(tokens.document, texts)))
        await self.index.upsert([Point(*each, *about) for each in zip(ids, vectors, terms, strict=True)])

    async def rebuild(self) -> None:
        """Place every kept chunk again: the model is another one, or the index was lost."""
        last, placed = "", 0
        while rows := await self.chunks.after(last):
            await self._place(rows)
            last, placed = rows[-1]["id"], placed + len(rows)
            log.info("the index is being rebuilt: %d chunks so far", placed)

    async def _place(self, rows: Sequence[RowMapping]) -> None:
        texts = [placed_text(row["title"], row["heading"], row["text"]) for row in rows]
        vectors = await self.embedder.passages(texts)
        await self.index.upsert([
            Point(row["id"], vector, tokens.document(text), *(row[name] for name in PAYLOAD))
            for row, text, vector in zip(rows, texts, vectors, strict=True)
        ])  # fmt: skip
        for document in {row["document_id"]: row for row in rows}.values():
            await self.follow(document["document_id"], Readers.of(document))

    async def follow(self, document_id: str, placed: Readers) -> None:
        """Points that were placed for these readers get those of now: embedding takes long enough for a change."""
        now = await self.chunks.readers(document_id)
        if now.access > placed.access:
            await self.index.access(document_id, now.allow, now.deny)


@asynccontextmanager
async def opened(chunks: Chunks, own: RetrievalSettings, settings: Settings) -> AsyncIterator[Library]:
    """The library, its index rebuilt in the background when it holds less than the rows say."""
    loading = asyncio.to_thread(tokens.load, settings.home / "cache")
    embedder, _ = await asyncio.gather(asyncio.to_thread(open_embedder, own), loading)
    scale = await Scale.of(embedder)
    size = len((await embedder.questions(["size"]))[0])
    index = await _open_index(own, settings, f"{_slug(embedder.name)}-{size}", size)
    library = Library(chunks, embedder, index, scale)
    rebuilding = None
    if await index.count() < await chunks.count():
        rebuilding = asyncio.create_task(library.rebuild())
    try:
        yield library
    finally:
        if rebuilding:
            rebuilding.cancel()
        await index.close()


async def _open_index(own: RetrievalSettings, settings: Settings, name: str, size: int) -> Index:
    if own.vectors == "embedded":
        from services.retrieval.edge import EdgeIndex

        return await asyncio.to_thread(EdgeIndex, settings.home / "index" / name, size)
    from services.retrieval.server import ServerIndex

    return await ServerIndex.open(own.vectors, own.vectors_key, f"cloister-{name}", size)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
