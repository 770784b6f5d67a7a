"""How often the right passage is found, by each leg and by both, and how often a wrong one is taken for evidence."""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.corpora import BLIND, DATA, Corpus, Question, blind, cmrc, company, filings, naive
from bench.goals import GOALS, Figures, Goal, gaps
from bench.kept import Kept
from bench.measured import Measured, opened, rank
from bench.tables import table
from services.retrieval.embedding.factory import Embedder, open_embedder
from services.retrieval.index.protocol import Legs
from services.retrieval.search.answerability import CosineScale
from services.retrieval.settings import own
from services.retrieval.text import bm25

BLIND_SETS = sorted(path.stem for path in BLIND.glob("*.jsonl"))
FOREIGN = 200  # questions of another set, put to each
# That no company's papers answer.
GENERAL = Path(__file__).with_name("general.txt").read_text(encoding="utf-8").splitlines()
LEGS = ("set", "leg", "MRR", "recall@1", "recall@5", "fused − better leg")
BESIDE = ("… and rules", "… and planned queries (bench/plans)")
HEAD = (*LEGS, "cited", "evidence kept", "… its source gone", "… other set's", "… general", "goal")


async def measure(corpus: Corpus, others: Sequence[str], embedder: Embedder, scale: CosineScale) -> list[list[str]]:
    """Rows of the table: a leg, the other, both; then evidence."""
    async with opened(corpus, embedder, scale) as measured:
        asked = [(question, await measured.legs(question.text)) for question in corpus.questions]
        dense = Figures.of([rank(measured, [hit.id for hit in legs.dense], q.gold) for q, legs in asked])
        lexical = Figures.of([rank(measured, [hit.id for hit in legs.lexical], q.gold) for q, legs in asked])
        orders = [(question, measured.order(question.text, legs)) for question, legs in asked]
        fused = Figures.of([rank(measured, [one.id for one in order], q.gold) for q, order in orders])
        beside = [Figures.of([rank(measured, await measured.together(q.text), q.gold) for q in corpus.questions])]
        if corpus.plans:
            pairs = [(q, plan) for q, plan in zip(corpus.questions, corpus.plans, strict=True) if plan]
            found = [rank(measured, await measured.together(q.text, plan), q.gold) for q, plan in pairs]
            beside.append(Figures.of(found))
        shares = await evidence(measured, asked, others)
    over = " / ".join(f"{gap:+.3f}" for gap in gaps(fused, dense, lexical))
    goal = GOALS.get(corpus.name, Goal()).told(fused, dense, lexical)
    blank = [""] * 7
    return [
        [corpus.name, f"dense, {embedder.name}", *dense.told(), *blank],
        [f"{len(corpus.pieces)} pieces", "BM25", *lexical.told(), *blank],
        [f"{len(asked)} questions", "fused", *fused.told(), over, *(f"{share:.3f}" for share in shares), goal],
        *(["", name, *told.told(), *blank] for name, told in zip(BESIDE, beside, strict=False)),
    ]


async def plain(corpus: Corpus, embedder: Embedder) -> list[int | None]:
    """Ranks by plain pieces and nothing else than the model: what every refinement has to beat."""
    told = np.array(await embedder.passages([f"{piece.title}\n{piece.text}" for piece in corpus.pieces]))
    asked = np.array(await embedder.questions([question.text for question in corpus.questions]))
    orders = (np.argsort(-row) for row in asked @ told.T)
    pairs = zip(orders, corpus.questions, strict=True)
    return [next((n for n, at in enumerate(order) if int(at) in q.gold), None) for order, q in pairs]


async def evidence(measured: Measured, asked: Sequence[tuple[Question, Legs]], others: Sequence[str]) -> list[float]:
    """Shares of questions whose answer is cited, kept, kept without its source; foreign and general ones kept."""
    right = [measured.supported(q.text, legs) for q, legs in asked]
    pairs = zip(right, asked, strict=True)
    cited = [kept and bool(measured.cited(q.text, legs) & q.gold) for kept, (q, legs) in pairs]
    gone = [measured.supported(q.text, legs, q.source) for q, legs in asked]
    foreign, general = [
        [measured.supported(text, await measured.legs(text)) for text in texts] for texts in (others, GENERAL)
    ]
    return [sum(kept) / len(kept) for kept in (cited, right, gone, foreign, general)]


async def latency(embedder: Embedder, corpus: Corpus, scale: CosineScale) -> list[list[str]]:
    """Milliseconds of one question, wall and processor, with the model and without."""
    async with opened(corpus, Kept(embedder), scale) as kept:
        rows = []
        for name, embed in (("embed the question", True), ("two legs and their order", False)):
            walls, began = list[float](), time.process_time()
            for question in corpus.questions[:200]:
                start = time.perf_counter()
                if embed:
                    await embedder.questions([question.text])
                else:
                    kept.order(question.text, await kept.legs(question.text))
                walls.append((time.perf_counter() - start) * 1000)
            cpu = (time.process_time() - began) * 1000 / len(walls)
            walls.sort()
            rows.append([name, f"{walls[len(walls) // 2]:.1f}", f"{walls[len(walls) * 95 // 100]:.1f}", f"{cpu:.1f}"])
    return rows


async def run(names: Sequence[str]) -> None:
    """The sets of these names, or all that are there."""
    bm25.load()
    model = open_embedder(own())
    embedder = Kept(model)
    scale = await CosineScale.of(embedder)
    chinese, sample = cmrc(), company()
    folders = [folder for folder in ("financebench", "annual") if (DATA / folder / "questions.json").is_file()]
    written = [name for name in BLIND_SETS if name.partition("-")[0] in folders]
    sets = [chinese, sample, *map(filings, folders), *map(blind, written)]
    rows = []
    for corpus in sets:
        if names and corpus.name not in names:
            continue
        foreign = sets[2 if len(sets) > 2 else 1] if corpus is chinese else chinese
        rows += await measure(corpus, [question.text for question in foreign.questions[:FOREIGN]], embedder, scale)
        if corpus not in (chinese, sample):
            cut = naive(corpus.name)
            told = Figures.of(await plain(cut, embedder)).told()
            rows.append([f"{len(cut.pieces)} plain pieces", "dense", *told, *[""] * 7])
    table("Finding the right passage", HEAD, rows)
    table("One question", ["step", "p50 ms", "p95 ms", "CPU ms"], await latency(model, chinese, scale))


def main() -> None:
    asyncio.run(run([]))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1:]))
