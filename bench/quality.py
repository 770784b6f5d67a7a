"""How often the right passage is found, by each leg and by both, and how often a wrong one is taken for evidence."""

import asyncio
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.corpora import Corpus, cmrc, filings
from bench.measured import Kept, Measured
from bench.tables import table
from services.retrieval import tokens
from services.retrieval.edge import EdgeIndex
from services.retrieval.embed import Embedder, open_embedder
from services.retrieval.evidence import Scale
from services.retrieval.fusion import fuse
from services.retrieval.settings import own

GOALS = {"CMRC 2018": "MRR ≥ .97, recall@5 ≥ .985", "financebench": "recall@5 ≥ .75, cited ≥ .60"}


def figures(ranks: Sequence[int | None]) -> list[str]:
    """MRR, recall at 1 and at 5 of ranks from 0."""
    reciprocal = sum(1 / (rank + 1) for rank in ranks if rank is not None)
    within = [sum(rank is not None and rank < k for rank in ranks) for k in (1, 5)]
    return [f"{value / len(ranks):.3f}" for value in (reciprocal, *within)]


def rank(measured: Measured, order: Iterable[str], gold: frozenset[int]) -> int | None:
    """Where the first piece that answers stands."""
    return next((n for n, id in enumerate(order) if measured.number[id] in gold), None)


async def measure(corpus: Corpus, others: Sequence[str], embedder: Embedder, scale: Scale) -> list[list[str]]:
    """Rows of the table: a leg, the other, both; then evidence."""
    with tempfile.TemporaryDirectory() as folder:
        measured = Measured(
            corpus, embedder, EdgeIndex(Path(folder) / "index", len((await embedder.questions([""]))[0]))
        )
        await measured.fill()
        legs = [await measured.legs(question.text) for question in corpus.questions]
        asked = list(zip(corpus.questions, legs, strict=True))
        dense = [rank(measured, [hit.id for hit in leg.dense], q.gold) for q, leg in asked]
        lexical = [rank(measured, [hit.id for hit in leg.lexical], q.gold) for q, leg in asked]
        both = [rank(measured, [one.id for one in fuse(leg)], q.gold) for q, leg in asked]
        right = [measured.supported(q.text, leg, scale) for q, leg in asked]
        cited = [
            kept and bool(measured.cited(q.text, leg) & q.gold) for kept, (q, leg) in zip(right, asked, strict=True)
        ]
        gone = [measured.supported(q.text, leg, scale, q.source) for q, leg in asked]
        foreign = [measured.supported(text, await measured.legs(text), scale) for text in others]
        await measured._index.close()
    shares = [f"{sum(kept) / len(kept):.3f}" for kept in (cited, right, gone, foreign)]
    goal = GOALS.get(corpus.name, "")
    return [
        [corpus.name, f"dense, {embedder.name}", *figures(dense), "", "", "", "", ""],
        ["", "BM25", *figures(lexical), "", "", "", "", ""],
        ["", "fused", *figures(both), *shares, goal],
    ]


async def latency(embedder: Embedder, corpus: Corpus) -> list[list[str]]:
    """Milliseconds of one question, wall and processor, with the model and without."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Measured(
            corpus, Kept(embedder), EdgeIndex(Path(folder) / "index", len((await embedder.questions([""]))[0]))
        )
        await kept.fill()
        rows = []
        for name, embed in (("embed the question", True), ("two legs and fusion", False)):
            walls, began = list[float](), time.process_time()
            for question in corpus.questions[:200]:
                start = time.perf_counter()
                await embedder.questions([question.text]) if embed else fuse(await kept.legs(question.text))
                walls.append((time.perf_counter() - start) * 1000)
            cpu = (time.process_time() - began) * 1000 / len(walls)
            walls.sort()
            rows.append([name, f"{walls[len(walls) // 2]:.1f}", f"{walls[len(walls) * 95 // 100]:.1f}", f"{cpu:.1f}"])
        await kept._index.close()
    return rows


async def run() -> None:
    tokens.load()
    model = open_embedder(own())
    embedder = Kept(model)
    scale = await Scale.of(embedder)
    chinese, english = cmrc(), filings("financebench")
    questions = {corpus.name: [question.text for question in corpus.questions] for corpus in (chinese, english)}
    rows = await measure(chinese, questions[english.name], embedder, scale)
    rows += await measure(english, questions[chinese.name], embedder, scale)
    head = [
        "set",
        "leg",
        "MRR",
        "recall@1",
        "recall@5",
        "cited",
        "evidence kept",
        "… its source gone",
        "… other set's",
        "goal",
    ]
    table("Finding the right passage", head, rows)
    table("One question", ["step", "p50 ms", "p95 ms", "CPU ms"], await latency(model, chinese))


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
