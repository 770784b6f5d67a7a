"""Hybrid search inside a capability, checked again in SQL before passages leave."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import RowMapping

from services.retrieval.index.index_set import IndexSet
from services.retrieval.index.protocol import DENSE, Legs, Scope
from services.retrieval.planning.expansion import NOTHING, SearchExpansion
from services.retrieval.query.understanding import AnalyzedQuestion, QuestionAnalyzer
from services.retrieval.search.access_check import readable
from services.retrieval.search.answerability import ANSWER, STRANGE, QuestionTerms, reached, unpacked
from services.retrieval.search.context_expansion import beside as neighbours
from services.retrieval.search.context_expansion import merged, widened
from services.retrieval.search.deduplication import ComparedPassage
from services.retrieval.search.exact_codes import DOUBT, LOOKED_AT, codes, stands, worded
from services.retrieval.search.found import RankedPassage
from services.retrieval.search.fusion import Candidate, only
from services.retrieval.search.interleaving import beside, interleaved, preferred
from services.retrieval.search.ranking import looked_at, ordered
from services.retrieval.search.reranker import MOST, Reranking
from shared.events import Leg, Passage, Turn
from shared.language import embeds_as_chinese
from shared.sql.database import Database

KEPT = ("document_id", "revision", "workspace", "title", "page", "start", "end", "text")
ALWAYS = datetime.min.replace(tzinfo=UTC)  # since when a document without a date is in force
ACROSS = 0.5  # of a question's words, that a passage of the other language has at least
DEEPER = 16  # times the candidates, when too many of the first may not be read


class HybridSearch:
    """Hybrid search over a library; `candidates` of each leg, and a second opinion if there is one."""

    def __init__(
        self,
        library: IndexSet,
        database: Database,
        candidates: int,
        reranking: Reranking | None = None,
        understanding: QuestionAnalyzer | None = None,
    ) -> None:
        self._index_set, self._database, self._candidates = library, database, candidates
        self._reranking, self._understanding = reranking, understanding or QuestionAnalyzer()

    async def analyzed(
        self, question: str, who: str = "", history: Sequence[Turn] = (), asked_at: datetime | None = None
    ) -> AnalyzedQuestion:
        """The question as this library's model and tokenizer see it, with what it refers to; `who` asks."""
        return await self._understanding.of(question, self._index_set.embedder, who, history, asked_at)

    async def each(self, queries: Sequence[str], who: str = "") -> list[AnalyzedQuestion]:
        """Queries that refer to nothing before them; one call of the model for all."""
        return await self._understanding.each(queries, self._index_set.embedder, who)

    async def passages(
        self,
        question: AnalyzedQuestion,
        scope: Scope,
        limit: int,
        least: float,
        leg: Leg = "fused",
        planned: SearchExpansion = NOTHING,
        absent: Sequence[str] = (),
    ) -> tuple[Passage, ...]:
        """At most `limit`, best first; none at all when the best of them supports the question less than `least`.

        What is `planned` beside the question is looked for inside the same scope. A score is how far the best supports
        the question, less where codes are `absent`, times how near a passage comes to the best.
        """
        again = self._reranking if leg == "fused" else None
        most = max(limit, MOST) if again else limit
        found = await self._ranked(question, scope, 2 * most if leg == "fused" else most, leg)
        if leg == "fused":
            found = await self._together(found, planned, scope, most)
        support = max((one.support for one in found[:limit]), default=0.0) * (DOUBT if absent else 1.0)
        if not found or support < least:
            return ()
        passages = [weighed(one.passage, support) for one in found]
        return tuple((await again.better(question.search_query.text, passages) if again else passages)[:limit])

    async def absent(self, question: AnalyzedQuestion, scope: Scope) -> tuple[str, ...]:
        """The codes that the question names and that stand nowhere in the scope."""
        return tuple([code for code in codes(question.search_query.text) if not await self._stands(code, scope)])

    async def _stands(self, code: str, scope: Scope) -> bool:
        found = await self._index_set.index.search((), worded(code), scope, LOOKED_AT)
        rows = await readable(self._database, [hit.id for hit in found.lexical], scope)
        return stands(code, rows.values())

    async def widened(self, passages: Sequence[Passage], scope: Scope, tokens: int) -> tuple[Passage, ...]:
        """The same with what stands beside the best of them, `tokens` in all; neighbours are checked like hits."""
        hits = merged(passages)
        rows = await readable(self._database, neighbours(hits), scope)
        return tuple(widened(hits, rows, tokens))

    async def _together(
        self, own: list[RankedPassage], asked: SearchExpansion, scope: Scope, limit: int
    ) -> list[RankedPassage]:
        """Where a model has planned, the question's own list comes last; what rules look for comes after its first."""
        lists = [await self._ranked(one, scope, 2 * limit, "fused") for one in asked.queries or asked.computed]
        if asked.across or max((one.support for one in own[:limit]), default=0.0) < ANSWER:
            lists += await self._across(asked.across or asked.dictionary, scope, 2 * limit)
        own, *lists = [preferred(found, asked.hints) for found in (own, *lists)]
        return interleaved([*lists, own], limit) if asked.queries else beside(own, lists, limit)

    async def _across(self, question: AnalyzedQuestion | None, scope: Scope, limit: int) -> list[list[RankedPassage]]:
        """A list of passages in the other language that have enough of the question's words; none when it is empty."""
        found = await self._ranked(question, scope, limit, "fused") if question else []
        near = [one for one in found if one.across >= ACROSS]
        return [near] if near else []

    async def _ranked(
        self, question: AnalyzedQuestion, scope: Scope, limit: int, leg: Leg, deeper: bool = False
    ) -> list[RankedPassage]:
        depth = self._candidates * (DEEPER if deeper else 1)
        search_query, vector = question.search_query, question.vector
        legs = only(await self._index_set.index.search(vector, search_query.terms, scope, depth), leg)
        tried = looked_at(legs, 2 * depth if deeper else 4 * limit)
        rows = await readable(self._database, tried, scope)
        found = await asyncio.to_thread(self._best, question, legs, rows, limit)
        # A revision on its way in, or one not yet in force, may crowd out what may be read.
        if len(rows) < len(tried) and len(found) < limit and not deeper:
            return await self._ranked(question, scope, limit, leg, deeper=True)
        return found

    def _best(
        self, question: AnalyzedQuestion, legs: Legs, rows: dict[str, RowMapping], limit: int
    ) -> list[RankedPassage]:
        """Compares texts: runs in a thread."""
        search_query, asked, trust = (
            question.search_query,
            question.asked,
            self._index_set.scale.calibration.inside(question.search_query.text),
        )
        found = self._distinct(asked, ordered(search_query.text, asked, legs, rows, trust), rows, limit)
        if search_query.named and not reached(search_query.named, rows.values()):
            return [one._replace(support=STRANGE * one.support) for one in found]
        return found

    def _distinct(
        self, asked: QuestionTerms, order: Iterable[Candidate], rows: dict[str, RowMapping], limit: int
    ) -> list[RankedPassage]:
        found = list[RankedPassage]()
        for candidate in order:
            one = self._found(asked, rows[candidate.id], candidate)
            same = next((at for at, other in enumerate(found) if one.said.within(other.said)), None)
            if same is None:
                found.append(one)
            elif found[same].said.within(one.said) and one.effective > found[same].effective:
                found[same] = one  # of two copies, the one that came into force last
            if len(found) == limit:
                break
        return found

    def _found(self, asked: QuestionTerms, row: RowMapping, candidate: Candidate) -> RankedPassage:
        terms = unpacked(row["terms"])
        near, whole = candidate.legs.get(DENSE), bool(row["embedded"])
        support = asked.support(row["text"], terms, near, self._index_set.scale, embedded=whole)
        said = ComparedPassage.of(row["text"], asked.terms & terms)
        across = asked.across(terms) if asked.chinese != embeds_as_chinese(row["text"]) else 0.0
        return RankedPassage(_passage(row, candidate), said, support, row["effective"] or ALWAYS, candidate.id, across)


def weighed(passage: Passage, support: float) -> Passage:
    """With a score that means the same in every search: fused scores compare passages of one alone."""
    return passage.model_copy(update={"score": round(support * passage.score, 4)})


def _passage(row: RowMapping, found: Candidate) -> Passage:
    kept = {name: row[name] for name in KEPT}
    return Passage(**kept, chunk=row["n"], heading=tuple(row["heading"]), score=round(found.score, 4), legs=found.legs)
