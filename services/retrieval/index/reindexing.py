"""Builds an index for another model beside the live one, and switches when it is complete."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import Gauge

from services.retrieval.embedding.factory import chosen
from services.retrieval.index.embedding_index import EmbeddingIndex, open_current, open_index, open_older
from services.retrieval.index.index_repository import IndexRepository
from services.retrieval.index.index_set import IndexSet
from services.retrieval.indexing.chunk_repository import ChunkRepository
from services.retrieval.settings import RetrievalSettings
from services.retrieval.text import bm25
from services.retrieval.text.bm25 import TEXT_VERSION
from shared.errors import Unavailable
from shared.settings import Settings
from shared.sql.database import Database

log = logging.getLogger(__name__)
SHARE = Gauge("cloister_index_share", "How much of what is kept the index for the present model holds, 0 to 1")
PAGE = 16  # chunks placed together: a new document waits for no more
PAUSE = 5.0  # seconds, when the model or the index does not answer
GRACE = 30.0  # seconds that searches which began in the old index have to end
VERSION = f"-{TEXT_VERSION}"  # of what is embedded and counted; another one is another index


class Reindexing:
    """Fills the index that the settings name; `library` goes on meanwhile."""

    def __init__(self, index_set: IndexSet, indexes: IndexRepository) -> None:
        self._index_set, self._indexes = index_set, indexes

    async def run(self) -> None:
        """Ends when the index is whole and live, and the older one gone."""
        embedding_index = self._index_set.coming or self._index_set.live
        while True:
            if await self._tried(embedding_index):
                break
            await asyncio.sleep(PAUSE)
        SHARE.set(1)
        if self._index_set.coming:
            await self._switch(embedding_index)

    async def _tried(self, embedding_index: EmbeddingIndex) -> bool:
        """Whether it has all vectors that were made: new ones go there by themselves, and one pass brings the rest."""
        self._index_set.behind = False
        try:
            await self._fill(embedding_index)
            whole = await embedding_index.index.embedded() >= await self._index_set.chunks.embedded()
        except Unavailable as error:
            log.warning("the index %s cannot be built now: %s", embedding_index.name, error)
            return False
        except Exception:  # whatever it is: searches go on in the live one, and this is tried again
            log.exception("the index %s cannot be built now", embedding_index.name)
            return False
        return whole and not self._index_set.behind

    async def _fill(self, embedding_index: EmbeddingIndex) -> None:
        last, seen, total = "", 0, max(1, await self._index_set.chunks.embedded())
        while rows := await self._index_set.chunks.after(last, PAGE):
            there = await embedding_index.index.known([row["id"] for row in rows])
            if missing := [row for row in rows if row["id"] not in there]:
                await self._index_set.place(embedding_index, missing)
            last, seen = rows[-1]["id"], seen + len(rows)
            SHARE.set(min(1.0, seen / total))
            if missing and seen % (64 * PAGE) < PAGE:
                log.info("the index %s is being built: %d of %d chunks so far", embedding_index.name, seen, total)

    async def _switch(self, embedding_index: EmbeddingIndex) -> None:
        old = self._index_set.live
        await self._indexes.go_live(embedding_index.name)
        self._index_set.live, self._index_set.coming = embedding_index, None
        log.info("the index %s is live, after %s", embedding_index.name, old.name)
        await asyncio.sleep(GRACE)
        await old.index.drop()
        await self._indexes.forget(old.name)


@asynccontextmanager
async def opened(database: Database, own: RetrievalSettings, here: Settings) -> AsyncIterator[IndexSet]:
    """The library; in the background its index is filled when it holds less than the rows say, or is another one."""
    _, embedding_index = await asyncio.gather(asyncio.to_thread(bm25.load), open_current(own, here, VERSION))
    chunks, indexes = ChunkRepository(database), IndexRepository(database)
    index_set = await _index_set(chunks, indexes, embedding_index, own, here)
    renewing = None
    if index_set.coming or await embedding_index.index.embedded() < await chunks.embedded():
        renewing = asyncio.create_task(Reindexing(index_set, indexes).run())
    else:
        SHARE.set(1)
    try:
        yield index_set
    finally:
        if renewing:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
        for one in index_set.indexes:
            await one.index.close()


async def _index_set(
    chunks: ChunkRepository,
    indexes: IndexRepository,
    embedding_index: EmbeddingIndex,
    own: RetrievalSettings,
    here: Settings,
) -> IndexSet:
    log.info("the embedder is %s, its index %s", chosen(own), embedding_index.name)
    await indexes.add(embedding_index.name, chosen(own), embedding_index.size)
    live = None
    for known in await indexes.all():
        if known.live and known.name != embedding_index.name:
            live = await open_older(known, embedding_index, own, here)
        elif known.name != embedding_index.name:  # of a change that was taken back before it was through
            await (await open_index(own, here, known.name, known.size)).drop()
            await indexes.forget(known.name)
    if live is not None and await live.index.count():
        return IndexSet(chunks, live, embedding_index)
    await indexes.go_live(embedding_index.name)
    if live is not None:
        await live.index.drop()
        await indexes.forget(live.name)
    return IndexSet(chunks, embedding_index)
