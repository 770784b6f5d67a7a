"""A hybrid query with a rights filter over 50,000 chunks, beside qdrant-client's local mode, and its memory."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from qdrant_client import QdrantClient, models

from bench.points import CHUNKS, SIZE, WORKSPACES, Corpus, corpus
from bench.tables import table
from services.retrieval.index.protocol import DENSE, LEXICAL, Index, Legs, Point, Scope, legs
from services.retrieval.index.qdrant_edge import EdgeIndex
from services.retrieval.text.bm25 import Sparse

FEW = 12  # queries of local mode, which takes seconds for one
LIMIT = 60
ALL, SOME = Scope([f"w{n}" for n in range(WORKSPACES)]), Scope(["w3", "w7"])
PARTIES = (("person:alice", "group:staff", "group:finance"), ("person:alice", "group:staff", "group:finance"))
RIGHTS = Scope(SOME.workspaces, PARTIES)


async def filled(index: Index, points: Sequence[Point]) -> float:
    """Seconds."""
    began = time.perf_counter()
    for at in range(0, len(points), 256):
        await index.upsert(points[at : at + 256])
    return time.perf_counter() - began


async def timed(index: Index, queries: Sequence[tuple[list[float], Sparse]], scope: Scope) -> list[float]:
    """Milliseconds of each, in order of time."""
    walls = []
    for dense, sparse in queries:
        began = time.perf_counter()
        await index.search(dense, sparse, scope, LIMIT)
        walls.append((time.perf_counter() - began) * 1000)
    return sorted(walls)


class LocalMode:
    """qdrant-client without a server, with the same points and the same queries."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._client = QdrantClient(":memory:")
        terms = models.SparseVectorParams(modifier=models.Modifier.IDF)
        dense = models.VectorParams(size=len(points[0].dense), distance=models.Distance.COSINE)
        self._client.create_collection("c", vectors_config={DENSE: dense}, sparse_vectors_config={LEXICAL: terms})
        for at in range(0, len(points), 1000):
            self._client.upsert("c", [self._struct(point) for point in points[at : at + 1000]])

    def _struct(self, point: Point) -> models.PointStruct:
        sparse = models.SparseVector(indices=point.sparse.indices, values=point.sparse.values)
        return models.PointStruct(
            id=point.id, vector={DENSE: list(point.dense), LEXICAL: sparse}, payload=point.payload
        )

    def search(self, dense: list[float], sparse: Sparse, scope: Scope | None) -> None:
        asked = legs(models, dense, sparse, scope or ALL, LIMIT)
        for one in asked.values():
            how = one.filter if scope else None
            self._client.query_points("c", query=one.query, using=one.using, limit=LIMIT, query_filter=how)


def slow(
    search: Callable[..., None], queries: Sequence[tuple[list[float], Sparse]], scope: Scope | None
) -> list[float]:
    walls = []
    for dense, sparse in queries:
        began = time.perf_counter()
        search(dense, sparse, scope)
        walls.append((time.perf_counter() - began) * 1000)
    return sorted(walls)


async def recall(index: Index, found: Corpus, scope: Scope) -> float:
    """Of the ten nearest by exact arithmetic, how many are among the first ten."""
    inside = np.array([_readable(point, scope) for point in found.points])
    ids = [point.id for point in found.points]
    shares = []
    for dense, sparse in found.queries[:200]:
        scores = np.where(inside, found.vectors @ np.array(dense, dtype=np.float32), -2)
        exact = {ids[n] for n in np.argpartition(-scores, 10)[:10]}
        near: Legs = await index.search(dense, sparse, scope, LIMIT)
        shares.append(len(exact & {hit.id for hit in near.dense[:10]}) / 10)
    return sum(shares) / len(shares)


def _readable(point: Point, scope: Scope) -> bool:
    """The rule by itself, for comparison."""
    if point.workspace not in scope.workspaces:
        return False
    return all(
        not set(point.deny) & set(held) and (not point.allow or bool(set(point.allow) & set(held)))
        for held in scope.parties
    )


def resident(folder: Path) -> float:
    """MB of a process that holds the index and has answered a hundred questions."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.vectors", str(folder)], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


async def hold(folder: Path) -> None:
    """What `resident` runs: a retrieval process with everything loaded."""
    from services.retrieval.embedding.factory import open_embedder
    from services.retrieval.settings import own
    from services.retrieval.text import bm25

    bm25.load()
    embedder = open_embedder(own())
    await embedder.questions(["差旅费", "travel"])
    index, rng = EdgeIndex(folder, SIZE), np.random.default_rng(1)
    for _ in range(100):
        await index.search(rng.normal(size=SIZE).tolist(), Sparse([5, 7, 90], [1.0] * 3), RIGHTS, LIMIT)
    print(await asyncio.to_thread(_megabytes))
    await index.close()


def _megabytes() -> float:
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


async def run() -> None:
    found = corpus()
    with tempfile.TemporaryDirectory(prefix="cloister-bench-") as folder:
        index = EdgeIndex(Path(folder) / "index", SIZE)
        seconds = await filled(index, found.points)
        await index.settle()
        await timed(index, found.queries[:50], RIGHTS)
        ours = {"all": await timed(index, found.queries, ALL), "rights": await timed(index, found.queries, RIGHTS)}
        recalls = {"all": await recall(index, found, ALL), "rights": await recall(index, found, RIGHTS)}
        await index.close()
        memory = await asyncio.to_thread(resident, Path(folder) / "index")
    peer = LocalMode(found.points)
    theirs = {
        "all": slow(peer.search, found.queries[:FEW], None),
        "rights": slow(peer.search, found.queries[:FEW], RIGHTS),
    }
    rows = [_row(name, goal, ours[name], theirs[name], recalls[name]) for name, goal in (("all", 10), ("rights", 50))]
    head = ["filter", "p50 ms", "p95 ms", "goal", "local mode p50 ms", "times", "goal", "recall@10", "goal"]
    table(f"Two legs over {CHUNKS:,} chunks of {SIZE} numbers, without embedding and fusion", head, rows)
    more = [[f"{CHUNKS / seconds:.0f}", f"{memory:.0f}", "≤ 600"]]
    table("The index", ["points placed a second", "MB of a retrieval process that holds it", "goal"], more)


def _row(name: str, goal: int, mine: list[float], other: list[float], share: float) -> list[str]:
    p50, p95, peer = mine[len(mine) // 2], mine[len(mine) * 95 // 100], other[len(other) // 2]
    times = [f"{p50:.2f}", f"{p95:.2f}", "≤ 3", f"{peer:.0f}", f"{peer / p50:.0f}", f"≥ {goal}"]
    return [name, *times, f"{share:.3f}", "≥ .98"]


def main() -> None:
    asyncio.run(hold(Path(sys.argv[1])) if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir() else run())


if __name__ == "__main__":
    main()
