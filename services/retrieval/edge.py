"""The embedded engine: qdrant-edge on a folder of ours. One process may hold it open."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import qdrant_edge as engine

from services.retrieval.index import DENSE, LEXICAL, Hit, Legs, Point, Scope, legs, named, readers, stale
from services.retrieval.tokens import Sparse
from shared.errors import NotReady

SETTLE = 4096  # points between two optimisations, which build graphs and take deleted points out
T = TypeVar("T")


class EdgeIndex:
    """A shard in `folder`; searches go on while one thread writes."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder, self._shard = folder, _opened(folder, size)
        self._writer = ThreadPoolExecutor(1, "index-write")
        self._readers = ThreadPoolExecutor(2, "index-read")
        self._unsettled = 0

    async def upsert(self, points: Sequence[Point]) -> None:
        """Kept when it returns."""
        if points:
            await self._write(engine.UpdateOperation.upsert_points([_point(point) for point in points]), len(points))

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

    async def known(self, ids: Sequence[str]) -> set[str]:
        """Which of these points are there."""
        found = await self._run(self._readers, lambda: self._shard.retrieve(list(ids), False, False))
        return {str(record.id) for record in found}

    async def snapshot(self, folder: Path) -> Path:
        """A copy of the flushed files, with no write between; a folder that `EdgeIndex` opens."""
        copy = folder / self._folder.name
        await self._run(self._writer, lambda: _copied(self._shard, self._folder, copy))
        return copy

    async def drop(self) -> None:
        """Take the folder away for good."""
        await self.close()
        await asyncio.to_thread(shutil.rmtree, self._folder)

    async def close(self) -> None:
        """Give the folder back."""
        self._readers.shutdown()
        await self._run(self._writer, self._shard.flush)
        await self._run(self._writer, self._shard.close)
        self._writer.shutdown()

    async def _write(self, operation: Any, changed: int) -> None:
        # It is in the engine's write-ahead log when this returns; what a power cut takes, the rows give back.
        await self._run(self._writer, lambda: self._shard.update(operation))
        self._unsettled += changed
        if self._unsettled >= SETTLE:
            self._unsettled = 0
            self._writer.submit(self._settle)

    def _settle(self) -> None:
        self._shard.optimize()
        self._shard.flush()

    async def _run(self, lane: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(lane, work)


def _opened(folder: Path, size: int) -> engine.EdgeShard:
    try:
        if folder.is_dir() and any(folder.iterdir()):
            return _listed(engine.EdgeShard.load(str(folder)))
        folder.mkdir(parents=True, exist_ok=True)
        return _indexed(engine.EdgeShard.create(str(folder), _config(size)))
    except Exception as error:  # the engine raises nothing narrower
        raise NotReady(f"The index {folder} cannot be opened ({error}). Does another process hold it?") from error


def _config(size: int) -> engine.EdgeConfig:
    return engine.EdgeConfig(
        vectors={DENSE: engine.EdgeVectorParams(size=size, distance=engine.Distance.Cosine)},
        sparse_vectors={LEXICAL: engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf)},
    )


def _indexed(shard: engine.EdgeShard) -> engine.EdgeShard:
    create = engine.UpdateOperation.create_field_index
    shard.update(create("workspace", engine.KeywordIndexParams(is_tenant=True)))
    for field in ("document", "allow", "deny"):
        shard.update(create(field, engine.KeywordIndexParams()))
    shard.update(create("revision", engine.IntegerIndexParams(range=True, lookup=True)))
    shard.flush()
    return shard


def _listed(shard: engine.EdgeShard) -> engine.EdgeShard:
    """Points that were placed before documents had lists are open to all of their workspace."""
    for field in ("allow", "deny"):
        shard.update(engine.UpdateOperation.create_field_index(field, engine.KeywordIndexParams()))
    older = engine.Filter(must=[engine.IsEmptyCondition("allow")])
    shard.update(engine.UpdateOperation.set_payload_by_filter(older, readers((), ())))
    return shard


def _point(point: Point) -> engine.Point:
    terms = engine.SparseVector(indices=point.sparse.indices, values=point.sparse.values)
    dense: dict[str, Any] = {DENSE: list(point.dense)} if point.dense else {}
    return engine.Point(id=point.id, vector=dense | {LEXICAL: terms}, payload=point.payload)


def _copied(shard: engine.EdgeShard, folder: Path, copy: Path) -> None:
    shard.flush()
    part = copy.with_name(copy.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(folder, part)
    part.rename(copy)
