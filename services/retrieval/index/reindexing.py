"""Builds an index for another model beside the live one, and switches when it is complete."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from prometheus_client import Gauge
from sqlalchemy import RowMapping

from services.retrieval.embedding.factory import chosen
from services.retrieval.index.embedding_index import Shelf, open_index, open_older, open_shelf
from services.retrieval.index.index_repository import Indexes
from services.retrieval.index.index_set import Library, pieces_of
from services.retrieval.indexing.chunk_repository import Chunks
from services.retrieval.indexing.sql import Placed, Readers
from services.retrieval.settings import RetrievalSettings
from services.retrieval.text import bm25
from services.retrieval.text.bm25 import TEXT_VERSION
from shared.errors import Unavailable
from shared.settings import Settings
from shared.sql.database import Database

log = logging.getLogger(__name__)
SHARE = Gauge("cloister_index_share", "How much of what is kept the index for the present model holds, 0 to 1")
PAYLOAD = ("workspace", "document_id", "revision", "allow", "deny")
PAGE = 16  # chunks placed together: a new document waits for no more
PAUSE = 5.0  # seconds, when the model or the index does not answer
GRACE = 30.0  # seconds that searches which began in the old index have to end
VERSION = f"-{TEXT_VERSION}"  # of what is embedded and counted; another one is another index


class Renewal:
    """Fills the shelf that the settings name; `library` goes on meanwhile."""

    def __init__(self, library: Library, indexes: Indexes) -> None:
        self._library, self._indexes = library, indexes

    async def run(self) -> None:
        """Ends when the shelf is whole and live, and the older one gone."""
        shelf = self._library.coming or self._library.live
        while True:
            if await self._tried(shelf):
                break
            await asyncio.sleep(PAUSE)
        SHARE.set(1)
        if self._library.coming:
            await self._switch(shelf)

    async def _tried(self, shelf: Shelf) -> bool:
        """Whether all that is kept is in it: what is new goes there by itself, and one pass brings the rest."""
        self._library.behind = False
        try:
            await self._fill(shelf)
            whole = await shelf.index.count() >= await self._library.chunks.count()
        except Unavailable as error:
            log.warning("the index %s cannot be built now: %s", shelf.name, error)
            return False
        except Exception:  # whatever it is: searches go on in the live one, and this is tried again
            log.exception("the index %s cannot be built now", shelf.name)
            return False
        return whole and not self._library.behind

    async def _fill(self, shelf: Shelf) -> None:
        last, seen, total = "", 0, max(1, await self._library.chunks.count())
        while rows := await self._library.chunks.after(last, PAGE):
            there = await shelf.index.known([row["id"] for row in rows])
            if missing := [row for row in rows if row["id"] not in there]:
                await self._place(shelf, missing)
            last, seen = rows[-1]["id"], seen + len(rows)
            SHARE.set(min(1.0, seen / total))
            if missing and seen % (64 * PAGE) < PAGE:
                log.info("the index %s is being built: %d of %d chunks so far", shelf.name, seen, total)

    async def _place(self, shelf: Shelf, rows: Sequence[RowMapping]) -> None:
        placed = [Placed(row["title"], row["heading"], row["text"]) for row in rows]
        about = [tuple(row[name] for name in PAYLOAD) for row in rows]
        await shelf.place(await pieces_of([row["id"] for row in rows], placed, about))
        # Meanwhile a document may have got other readers, another revision, or gone.
        for id, row in {row["document_id"]: row for row in rows}.items():
            now = await self._library.chunks.standing(id)
            await self._library.follow(id, Readers.of(row), now.readers)
            await shelf.index.forget(id, now.oldest)

    async def _switch(self, shelf: Shelf) -> None:
        old = self._library.live
        await self._indexes.go_live(shelf.name)
        self._library.live, self._library.coming = shelf, None
        log.info("the index %s is live, after %s", shelf.name, old.name)
        await asyncio.sleep(GRACE)
        await old.index.drop()
        await self._indexes.forget(old.name)


@asynccontextmanager
async def opened(database: Database, own: RetrievalSettings, here: Settings) -> AsyncIterator[Library]:
    """The library; in the background its index is filled when it holds less than the rows say, or is another one."""
    _, shelf = await asyncio.gather(asyncio.to_thread(bm25.load, here.home / "cache"), open_shelf(own, here, VERSION))
    chunks, indexes = Chunks(database), Indexes(database)
    library = await _library(chunks, indexes, shelf, own, here)
    renewing = None
    if library.coming or await shelf.index.count() < await chunks.count():
        renewing = asyncio.create_task(Renewal(library, indexes).run())
    else:
        SHARE.set(1)
    try:
        yield library
    finally:
        if renewing:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
        for one in library.shelves:
            await one.index.close()


async def _library(chunks: Chunks, indexes: Indexes, shelf: Shelf, own: RetrievalSettings, here: Settings) -> Library:
    log.info("the embedder is %s, its index %s", chosen(own), shelf.name)
    await indexes.add(shelf.name, chosen(own), shelf.size)
    live = None
    for known in await indexes.all():
        if known.live and known.name != shelf.name:
            live = await open_older(known, shelf, own, here)
        elif known.name != shelf.name:  # of a change that was taken back before it was through
            await (await open_index(own, here, known.name, known.size)).drop()
            await indexes.forget(known.name)
    if live is not None and await live.index.count():
        return Library(chunks, live, shelf)
    await indexes.go_live(shelf.name)
    if live is not None:
        await live.index.drop()
        await indexes.forget(live.name)
    return Library(chunks, shelf)
