"""How often the right passage is found, by each leg and by both, and how often a wrong one is taken for evidence."""

import asyncio
import hashlib
import sqlite3
import tempfile
import time
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.corpora import Corpus, cmrc, filings
from bench.tables import table
from services.retrieval import tokens
from services.retrieval.edge import EdgeIndex
from services.retrieval.embed import Embedder, Vectors, open_embedder
from services.retrieval.evidence import ANSWER, Asked, Scale
from services.retrieval.fusion import fuse
from services.retrieval.index import DENSE, Legs, Point
from services.retrieval.rows import placed_text, point_id
from services.retrieval.settings import own

KEPT = Path.home() / ".cache" / "cloister-bench" / "vectors.db"
GOALS = {"CMRC 2018": "MRR ≥ .97, recall@5 ≥ .985", "financebench": "recall@5 ≥ .75"}


class Kept:
    """An embedder that remembers its vectors between runs."""

    def __init__(self, embedder: Embedder) -> None:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        self.name, self._embedder, self._file = embedder.name, embedder, sqlite3.connect(KEPT, timeout=60)
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, row BLOB)")

    async def questions(self, texts: Sequence[str]) -> Vectors:
        return [(await self._row("question", text)) for text in texts]

    async def passages(self, texts: Sequence[str]) -> Vectors:
        return [(await self._row("passage", text)) for text in texts]

    async def _row(self, kind: str, text: str) -> list[float]:
        key = hashlib.sha256(f"{self.name}\0{kind}\0{text}".encode()).hexdigest()
        kept = self._file.execute("SELECT row FROM vectors WHERE key = ?", (key,)).fetchone()
        if kept:
            return array("f", kept[0]).tolist()
        row = (await (self._embedder.questions([text]) if kind == "question" else self._embedder.passages([text])))[0]
        with self._file:
            self._file.execute("INSERT INTO vectors VALUES (?, ?)", (key, array("f", row).tobytes()))
        return row


class Measured:
    """One corpus in an index of its own."""

    def __init__(self, corpus: Corpus, embedder: Embedder, index: EdgeIndex) -> None:
        self.corpus, self._embedder, self._index = corpus, embedder, index
        self.texts = [placed_text(piece.title, piece.heading, piece.text) for piece in corpus.pieces]
        self.number = {point_id(corpus.name, 1, n): n for n in range(len(corpus.pieces))}
        self.terms = [frozenset(tokens.document(text).indices) for text in self.texts]

    async def fill(self) -> None:
        vectors = await self._embedder.passages(self.texts)
        for n, (id, text, vector) in enumerate(zip(self.number, self.texts, vectors, strict=True)):
            await self._index.upsert([Point(id, vector, tokens.document(text), "all", f"{n}", 1)])

    async def legs(self, question: str) -> Legs:
        vector = (await self._embedder.questions([question]))[0]
        found = await self._index.search(vector, tokens.question(question), ["all"], own().retrieval_candidates)
        return found

    def supported(self, question: str, legs: Legs, scale: Scale, without: frozenset[int] = frozenset()) -> bool:
        """Whether anything would be handed on, had the pieces in `without` never been stored."""
        kept = Legs(*([hit for hit in leg if self.number[hit.id] not in without] for leg in legs))
        asked = Asked(question)
        return any(
            asked.support(self.corpus.pieces[n].text, self.terms[n], scale.strength(one.legs.get(DENSE))) >= ANSWER
            for one in fuse(kept)[: own().retrieval_passages]
            for n in [self.number[one.id]]
        )


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
        gone = [measured.supported(q.text, leg, scale, q.source) for q, leg in asked]
        foreign = [measured.supported(text, await measured.legs(text), scale) for text in others]
        await measured._index.close()
    shares = [f"{sum(kept) / len(kept):.3f}" for kept in (right, gone, foreign)]
    goal = GOALS.get(corpus.name, "")
    return [
        [corpus.name, f"dense, {embedder.name}", *figures(dense), "", "", "", ""],
        ["", "BM25", *figures(lexical), "", "", "", ""],
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
    head = ["set", "leg", "MRR", "recall@1", "recall@5", "evidence kept", "… its source gone", "… other set's", "goal"]
    table("Finding the right passage", head, rows)
    table("One question", ["step", "p50 ms", "p95 ms", "CPU ms"], await latency(model, chinese))


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
