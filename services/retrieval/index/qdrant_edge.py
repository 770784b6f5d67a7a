"""The embedded vector engine, qdrant-edge. One process may hold a folder open."""

import asyncio
import logging
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import qdrant_edge as engine

from services.retrieval.index import edge_versions
from services.retrieval.index.edge_schema import opened, point_of
from services.retrieval.index.protocol import DENSE, LEXICAL, Hit, Legs, Point, Scope, legs, named, readers, stale
from services.retrieval.text.bm25 import Sparse

FLUSH = 4096  # points between two flushes, which keep the log short
SETTLE = 8192  # points, and at least a quarter of all, between two settlings
QUIET = 10.0  # seconds without a write, after which a smaller rest is settled, too
LEAST = 1024
T = TypeVar("T")
log = logging.getLogger(__name__)


class EdgeIndex:
    """A shard in `folder`; searches go on while one thread writes."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder, self._place = folder, edge_versions.present(folder)
        self._shard = opened(self._place, size)
        self._total = self._shard.count(engine.CountRequest(exact=False))
        self._writer = ThreadPoolExecutor(1, "index-write")
        self._readers = ThreadPoolExecutor(2, "index-read")
        self._unsettled = self._unflushed = 0
        self._since: list[Any] | None = None  # what was written since the copy that is being settled
        self._turn = asyncio.Lock()
        self._settling: asyncio.Task[None] | None = None
        self._quiet: asyncio.TimerHandle | None = None

    async def upsert(self, points: Sequence[Point]) -> None:
        """Kept when it returns."""
        if points:
            await self._write(engine.UpdateOperation.upsert_points([point_of(point) for point in points]), len(points))

    async def search(self, dense: Sequence[float], sparse: Sparse, scope: Scope, limit: int) -> Legs:
        """The `limit` best of each leg inside the scope; IDF is its own too."""
        if not scope.workspaces:
            return Legs([], [])
        asked = legs(engine, dense, sparse, scope, limit)
        batch = engine.QueryBatchRequest(list(asked.values()))
        found = await self._run(self._readers, lambda: self._shard.query_batch(batch))
        hits = {leg: [Hit(str(hit.id), hit.score) for hit in rows] for leg, rows in zip(asked, found, strict=True)}
        return Legs(hits.get(DENSE, []), hits.get(LEXICAL, []))

    async def forget(self, document: str, before: int) -> None:
        """Take a document's revisions below `before` away."""
        old = stale(engine, engine.RangeFloat(lt=before), document)
        await self._write(engine.UpdateOperation.delete_points_by_filter(old), 1)

    async def access(self, document: str, allow: Sequence[str], deny: Sequence[str]) -> None:
        """Other readers for all that is kept of a document; in force when it returns."""
        new = readers(allow, deny)
        await self._write(engine.UpdateOperation.set_payload_by_filter(named(engine, document), new), 1)

    async def count(self) -> int:
        """How many points there are."""
        return await self._run(self._readers, lambda: self._shard.count(engine.CountRequest(exact=True)))

    async def embedded(self) -> int:
        """How many of them have a vector."""
        vector = engine.Filter(must=[engine.HasVectorCondition(DENSE)])
        return await self._run(self._readers, lambda: self._shard.count(engine.CountRequest(exact=True, filter=vector)))

    async def known(self, ids: Sequence[str]) -> set[str]:
        """Which of these points are there with a vector."""
        found = await self._run(self._readers, lambda: self._shard.retrieve(list(ids), False, True))
        return {str(record.id) for record in found if DENSE in (record.vector or {})}

    async def snapshot(self, folder: Path) -> Path:
        """A copy of the flushed files, with no write between; a folder that `EdgeIndex` opens."""
        copy = folder / self._folder.name
        await self._run(self._writer, lambda: self._copied(copy))
        return copy

    async def drop(self) -> None:
        """Take the folder away for good."""
        await self.close()
        await asyncio.to_thread(shutil.rmtree, self._folder)

    async def settle(self) -> None:
        """Graphs built for all that was there when this was called; writes and searches go on meanwhile."""
        async with self._turn:
            new = edge_versions.following(self._place, self._folder)
            await self._run(self._writer, lambda: self._begin(new))
            try:
                if await edge_versions.optimize(new):
                    await self._run(self._writer, lambda: self._change(new))
                else:
                    log.warning("the index %s could not be settled; its searches are slower for now", self._folder)
            finally:
                self._since = None

    async def close(self) -> None:
        """Give the folder back."""
        if self._quiet:
            self._quiet.cancel()
        if self._settling:
            self._settling.cancel()
            await asyncio.gather(self._settling, return_exceptions=True)
        self._readers.shutdown()
        await self._run(self._writer, self._shard.flush)
        await self._run(self._writer, self._shard.close)
        self._writer.shutdown()

    async def _write(self, operation: Any, changed: int) -> None:
        # It is in the engine's write-ahead log when this returns; what a power cut takes, the rows give back.
        await self._run(self._writer, lambda: self._apply(operation, changed))
        if self._quiet:
            self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(QUIET, self._settle_from, LEAST)
        self._settle_from(max(SETTLE, self._total // 4))

    def _apply(self, operation: Any, changed: int) -> None:
        self._shard.update(operation)
        if self._since is not None:
            self._since.append(operation)
        self._total, self._unsettled, self._unflushed = (
            self._total + changed,
            self._unsettled + changed,
            self._unflushed + changed,
        )
        if self._unflushed >= FLUSH:
            self._unflushed = 0
            self._shard.flush()

    def _settle_from(self, least: int) -> None:
        if self._unsettled >= least and (self._settling is None or self._settling.done()):
            self._settling = asyncio.create_task(self.settle())

    def _begin(self, new: Path) -> None:
        self._copied(new)
        self._since, self._unsettled = [], 0

    def _copied(self, to: Path) -> None:
        self._shard.flush()
        edge_versions.copy(self._place, to)

    def _change(self, new: Path) -> None:
        """Runs where writes run, so that none comes between; a search has the old shard or the new one."""
        shard = engine.EdgeShard.load(str(new))
        for operation in self._since or ():
            shard.update(operation)
        shard.flush()
        edge_versions.point(self._folder, new)
        old, self._shard, self._place = self._shard, shard, new
        old.close()
        edge_versions.present(self._folder)

    async def _run(self, lane: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(lane, work)
