"""A corpus in an index of its own: what each question finds there, and what its answer would cite."""

import hashlib
import sqlite3
from array import array
from collections.abc import Sequence
from pathlib import Path

from bench.corpora import Corpus
from services.inference.citations import citations, owed
from services.retrieval import tokens
from services.retrieval.edge import EdgeIndex
from services.retrieval.embed import Embedder, Vectors
from services.retrieval.evidence import ANSWER, Asked, Scale
from services.retrieval.fusion import fuse
from services.retrieval.index import DENSE, Legs, Point, Scope
from services.retrieval.rows import placed_text, point_id
from services.retrieval.settings import own
from shared.events import Passage

KEPT = Path.home() / ".cache" / "cloister-bench" / "vectors.db"


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
        found = await self._index.search(vector, tokens.question(question), Scope(("all",)), own().retrieval_candidates)
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

    def cited(self, question: str, legs: Legs) -> frozenset[int]:
        """The pieces that an answer cites whose model marks nothing and says nothing of them."""
        found = fuse(legs)[: own().retrieval_passages]
        numbers = [self.number[one.id] for one in found]
        passages = tuple(self._passage(n, one.score) for n, one in zip(numbers, found, strict=True))
        marked = citations(owed("", question, passages), question, passages)
        return frozenset(numbers[citation.n - 1] for citation in marked)

    def _passage(self, n: int, score: float) -> Passage:
        piece = self.corpus.pieces[n]
        about = {"document_id": piece.title, "title": piece.title, "page": piece.page, "heading": piece.heading}
        return Passage(revision=1, workspace="all", chunk=n, text=piece.text, score=score, **about)
