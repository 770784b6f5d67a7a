"""A corpus in an index of its own: what each question finds there, and what its answer would cite."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.corpora import Corpus
from services.inference.output.citations import citations, owed
from services.retrieval.embedding.factory import Embedder
from services.retrieval.index.protocol import DENSE, Legs, Point, Scope
from services.retrieval.index.qdrant_edge import EdgeIndex
from services.retrieval.indexing.sql import ChunkText, point_id
from services.retrieval.planning.dictionary import translated
from services.retrieval.planning.expansion import in_other_words
from services.retrieval.planning.hints import hints
from services.retrieval.planning.relations import computed
from services.retrieval.query.rewriting import SearchQuery
from services.retrieval.query.stop_phrases import bare
from services.retrieval.query.understanding import AnalyzedQuestion
from services.retrieval.search.answerability import ANSWER, CosineScale, QuestionTerms, packed, unpacked
from services.retrieval.search.deduplication import ComparedPassage
from services.retrieval.search.found import RankedPassage
from services.retrieval.search.fusion import Candidate
from services.retrieval.search.hybrid_search import ACROSS
from services.retrieval.search.interleaving import beside, interleaved, preferred
from services.retrieval.search.ranking import looked_at, ordered
from services.retrieval.settings import own
from services.retrieval.text import bm25
from shared.events import Passage
from shared.language import embeds_as_chinese

LOOKED_AT = 20  # of a planned search: ranks behind are not counted


class Measured:
    """One corpus in an index of its own."""

    def __init__(self, corpus: Corpus, embedder: Embedder, index: EdgeIndex, scale: CosineScale) -> None:
        self.corpus, self._embedder, self._index, self._scale = corpus, embedder, index, scale
        self.placed = [ChunkText(piece.title, piece.heading, piece.text) for piece in corpus.pieces]
        self.number = {point_id(corpus.name, 1, n): n for n in range(len(corpus.pieces))}
        self.rows: dict[str, dict[str, Any]] = {
            id: {"text": one.text, "terms": packed(bm25.hashes(bm25.terms(one.whole)))}
            for id, one in zip(self.number, self.placed, strict=True)
        }
        self._said: dict[str, ComparedPassage] = {}

    async def fill(self) -> None:
        vectors = await self._embedder.passages([one.whole for one in self.placed])
        parts = zip(self.number, vectors, self.placed, strict=True)
        points = [Point(id, vector, one.terms, "all", f"{n}", 1) for n, (id, vector, one) in enumerate(parts)]
        for at in range(0, len(points), 256):
            await self._index.upsert(points[at : at + 256])

    async def legs(self, question: str) -> Legs:
        vector = (await self._embedder.questions([bare(question)]))[0]
        found = await self._index.search(vector, bm25.question(question), Scope(("all",)), own().retrieval_candidates)
        return found

    def order(self, question: str, legs: Legs) -> list[Candidate]:
        """As a search does it."""
        rows = {id: self.rows[id] for id in looked_at(legs, 4 * own().retrieval_passages)}
        return ordered(question, QuestionTerms(question), legs, rows, self._scale.calibration.inside(question))

    async def together(self, question: str, plan: Sequence[str] = ()) -> list[str]:
        """The ids in order with what is searched for beside the question, as a search does it."""
        mine = self._found(question, await self.legs(question))
        lists = [self._found(text, await self.legs(text)) for text in plan or computed(question)]
        if plan:
            return [one.id for one in interleaved([*lists, mine], LOOKED_AT)]
        if max((one.support for one in mine[: own().retrieval_passages]), default=0.0) < ANSWER:
            lists += await self._across(question)
        mine, *lists = [preferred(found, hints(question)) for found in (mine, *lists)]
        return [one.id for one in beside(mine, lists, LOOKED_AT)]

    async def _across(self, question: str) -> list[list[RankedPassage]]:
        """By the dictionary's words."""
        asked = AnalyzedQuestion(SearchQuery.plain(question), QuestionTerms(question), ())
        other = in_other_words(asked, translated(question))
        if other is None:
            return []
        legs = await self._index.search((), other.search_query.terms, Scope(("all",)), own().retrieval_candidates)
        found = [one for one in self._found(question, legs, other.asked) if one.across >= ACROSS]
        return [found] if found else []

    def _found(self, question: str, legs: Legs, asked: QuestionTerms | None = None) -> list[RankedPassage]:
        asked = asked or QuestionTerms(question)
        kept = []
        for one in self.order(question, legs)[: 2 * LOOKED_AT]:
            text, terms = self.rows[one.id]["text"], unpacked(self.rows[one.id]["terms"])
            across = asked.across(terms) if asked.chinese != embeds_as_chinese(text) else 0.0
            said = self._compared(one.id)._replace(asked=asked.terms & terms)
            passage = self._passage(self.number[one.id], one.score)
            support = asked.support(text, terms, one.legs.get(DENSE), self._scale)
            kept.append(RankedPassage(passage, said, support, datetime.min.replace(tzinfo=UTC), one.id, across))
        return kept

    def _compared(self, id: str) -> ComparedPassage:
        if id not in self._said:
            self._said[id] = ComparedPassage.of(self.rows[id]["text"], frozenset())
        return self._said[id]

    def supported(self, question: str, legs: Legs, without: frozenset[int] = frozenset()) -> bool:
        """Whether anything would be handed on, had the pieces in `without` never been stored."""
        kept = Legs(*([hit for hit in leg if self.number[hit.id] not in without] for leg in legs))
        asked = QuestionTerms(question)
        return any(
            asked.support(
                self.rows[one.id]["text"],
                unpacked(self.rows[one.id]["terms"]),
                one.legs.get(DENSE),
                self._scale,
            )
            >= ANSWER
            for one in self.order(question, kept)[: own().retrieval_passages]
        )

    def cited(self, question: str, legs: Legs) -> frozenset[int]:
        """The pieces that an answer cites whose model marks nothing and says nothing of them."""
        found = self.order(question, legs)[: own().retrieval_passages]
        numbers = [self.number[one.id] for one in found]
        passages = tuple(self._passage(n, one.score) for n, one in zip(numbers, found, strict=True))
        marked = citations(owed("", question, passages), question, passages)
        return frozenset(numbers[citation.n - 1] for citation in marked)

    def _passage(self, n: int, score: float) -> Passage:
        piece = self.corpus.pieces[n]
        about = {"document_id": piece.title, "title": piece.title, "page": piece.page, "heading": piece.heading}
        return Passage(revision=1, workspace="all", chunk=n, text=piece.text, score=score, **about)


@asynccontextmanager
async def opened(corpus: Corpus, embedder: Embedder, scale: CosineScale) -> AsyncIterator[Measured]:
    """All of a corpus in an index that is dropped afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        index = EdgeIndex(Path(folder) / "index", len((await embedder.questions([""]))[0]))
        measured = Measured(corpus, embedder, index, scale)
        await measured.fill()
        yield measured
        await index.close()


def rank(measured: Measured, order: Iterable[str], gold: frozenset[int]) -> int | None:
    """Where the first piece that answers stands."""
    return next((n for n, id in enumerate(order) if measured.number[id] in gold), None)
