"""How often a follow-up question finds its passage: by itself, and with what it refers to."""

import asyncio
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bench.kept import Kept
from bench.tables import table
from services.ingestion.sandbox.parse_worker import outcome
from services.retrieval.embedding.factory import Embedder, open_embedder
from services.retrieval.index.protocol import Point, Scope
from services.retrieval.index.qdrant_edge import EdgeIndex
from services.retrieval.indexing.sql import placed_text, point_id
from services.retrieval.query.rewriting import follow
from services.retrieval.search.fusion import fuse
from services.retrieval.settings import own
from services.retrieval.text import bm25
from shared.events import Turn

EXAMPLES = Path(__file__).parent.parent / "examples"
ASKED = datetime(2026, 11, 2, tzinfo=UTC)
UNRELATED = (
    Turn(question="Who won the football match in Lisbon?", answer="The documents do not hold the answer."),
    Turn(question="食堂周五供应什么汤？", answer="资料中没有这个问题的答案。"),
)


class Piece(NamedTuple):
    """A chunk of the sample company."""

    id: str
    title: str
    page: int
    text: str
    placed: str


class Company:
    """The sample company's chunks in an index of their own."""

    def __init__(self, embedder: Embedder, index: EdgeIndex) -> None:
        self._embedder, self._index = embedder, index
        self.pieces = {piece.id: piece for piece in _pieces()}

    async def fill(self) -> None:
        pieces = list(self.pieces.values())
        vectors = await self._embedder.passages([piece.placed for piece in pieces])
        await self._index.upsert([
            Point(piece.id, vector, bm25.document(piece.placed), "all", piece.title, 1)
            for piece, vector in zip(pieces, vectors, strict=True)
        ])  # fmt: skip

    async def found(self, question: str, history: tuple[Turn, ...] = ()) -> list[str]:
        """Ids, best first."""
        search_query = follow(question, history, ASKED)
        vector = (await self._embedder.questions([search_query.text]))[0]
        legs = await self._index.search(vector, search_query.terms, Scope(("all",)), own().retrieval_candidates)
        return [one.id for one in fuse(legs)]

    def rank(self, order: list[str], row: dict[str, Any]) -> int | None:
        """Where the first chunk that holds the answer stands."""
        right = (row["document"], row["page"])
        for n, id in enumerate(order):
            piece = self.pieces[id]
            if (piece.title, piece.page) == right and row["answer"] in piece.text:
                return n
        return None


def rows(name: str) -> list[dict[str, Any]]:
    """A file of examples/, a line each."""
    return [json.loads(line) for line in (EXAMPLES / name).read_text().splitlines()]


def turns(before: list[str]) -> tuple[Turn, ...]:
    """Earlier questions, without their answers."""
    return tuple(Turn(question=question, answer="") for question in before)


def _pieces() -> list[Piece]:
    found = []
    for path in sorted((EXAMPLES / "company").rglob("*")):
        if path.is_file() and path.suffix not in (".jsonl", ".toml"):
            for n, text, page, heading, *_ in outcome(path.read_bytes(), path.name)["chunks"]:
                placed = placed_text(path.name, heading, text)
                found.append(Piece(point_id(path.name, 1, n), path.name, page, text, placed))
    return found


async def run() -> None:
    bm25.load()
    embedder = Kept(open_embedder(own()))
    with tempfile.TemporaryDirectory() as folder:
        company = Company(embedder, EdgeIndex(Path(folder) / "index", len((await embedder.questions([""]))[0])))
        await company.fill()
        told = await _followed(company)
        changed = [row["question"] for row in rows("company/questions.jsonl") if await _moved(company, row["question"])]
        await company._index.close()
    table("Follow-up questions", ["language", "asked", "recall@1", "recall@5", "MRR", "goal"], told)
    print(f"\n{len(changed)} of the sample company's questions find something else after unrelated turns {changed}")


async def _moved(company: Company, question: str) -> bool:
    return await company.found(question) != await company.found(question, UNRELATED)


async def _followed(company: Company) -> list[list[str]]:
    told, misses = [], []
    for language in ("zh", "en"):
        asked = [row for row in rows("followups.jsonl") if row["language"] == language]
        for name in ("alone", "with what it refers to"):
            ranks = []
            for row in asked:
                history = turns(row["before"]) if name != "alone" else ()
                ranks.append(company.rank(await company.found(row["question"], history), row))
                if name != "alone" and (ranks[-1] is None or ranks[-1] > 0):
                    misses.append((ranks[-1], row["question"], follow(row["question"], history, ASKED).text))
            told.append([f"{language}, {len(asked)}", name, *_figures(ranks), "recall@5 ≥ .95" if history else ""])
    for miss in misses:
        print(*miss)
    return told


def _figures(ranks: list[int | None]) -> list[str]:
    shares = [sum(rank is not None and rank < k for rank in ranks) / len(ranks) for k in (1, 5)]
    return [f"{x:.3f}" for x in (*shares, sum(1 / (rank + 1) for rank in ranks if rank is not None) / len(ranks))]


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
