"""Hybrid search inside a capability, checked again in SQL before passages leave."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import RowMapping

from services.retrieval.index.index_set import IndexSet
from services.retrieval.index.protocol import DENSE, Legs, Scope
from services.retrieval.query.understanding import AnalyzedQuestion, QuestionAnalyzer
from services.retrieval.search.access_check import readable
from services.retrieval.search.answerability import STRANGE, QuestionTerms, reached, unpacked
from services.retrieval.search.context_expansion import beside, merged, widened
from services.retrieval.search.deduplication import ComparedPassage
from services.retrieval.search.fusion import Candidate, only
from services.retrieval.search.ranking import looked_at, ordered
from services.retrieval.search.reranker import MOST, Reranking
from shared.errors import Refused
from shared.events import Leg, Passage, Turn
from shared.security.capability import Right
from shared.sql.database import Database

KEPT = ("document_id", "revision", "workspace", "title", "page", "start", "end", "text")
ALWAYS = datetime.min.replace(tzinfo=UTC)  # since when a document without a date is in force
DEEPER = 16  # times the candidates, when too many of the first may not be read


class RankedPassage(NamedTuple):
    """A passage, what it says, how far it speaks about the question, and since when it is in force."""

    passage: Passage
    said: ComparedPassage
    support: float
    effective: datetime


class HybridSearch:
    """Hybrid search over a library; `candidates` of each leg, and a second opinion if there is one."""

    def __init__(
        self, index_set: IndexSet, database: Database, candidates: int, reranking: Reranking | None = None,
        understanding: QuestionAnalyzer | None = None,
    ) -> None:  # fmt: skip
        self._index_set, self._database, self._candidates = index_set, database, candidates
        self._reranking, self._understanding = reranking, understanding or QuestionAnalyzer()

    async def analyzed(
        self, question: str, who: str = "", history: Sequence[Turn] = (), asked_at: datetime | None = None
    ) -> AnalyzedQuestion:
        """The question as this library's model and tokenizer see it, with what it refers to; `who` asks."""
        return await self._understanding.of(question, self._index_set.embedder, who, history, asked_at)

    async def passages(
        self, question: AnalyzedQuestion, scope: Scope, limit: int, least: float, leg: Leg = "fused"
    ) -> tuple[Passage, ...]:
        """At most `limit`, best first; none at all when the best of them supports the question less than `least`."""
        again = self._reranking if leg == "fused" else None
        found = await self._ranked(question, scope, max(limit, MOST) if again else limit, leg)
        if not found or max(one.support for one in found[:limit]) < least:
            return ()
        passages = [one.passage for one in found]
        return tuple((await again.better(question.search_query.text, passages) if again else passages)[:limit])

    async def widened(self, passages: Sequence[Passage], scope: Scope, tokens: int) -> tuple[Passage, ...]:
        """The same with what stands beside the best of them, `tokens` in all; neighbours are checked like hits."""
        hits = merged(passages)
        rows = await readable(self._database, beside(hits), scope)
        return tuple(widened(hits, rows, tokens))

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
        search_query, asked, calibration = (
            question.search_query,
            question.asked,
            self._index_set.scale.calibration.inside(question.search_query.text),
        )
        found = self._distinct(asked, ordered(search_query.text, asked, legs, rows, calibration), rows, limit)
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
        support = asked.support(row["text"], terms, candidate.legs.get(DENSE), self._index_set.scale)
        return RankedPassage(
            _passage(row, candidate),
            ComparedPassage.of(row["text"], asked.terms & terms),
            support,
            row["effective"] or ALWAYS,
        )


def allowed(right: Right, *workspaces: str | None) -> Scope:
    """Where this right may look, and as whom; a foreign workspace and one that does not exist are refused alike."""
    named = tuple(dict.fromkeys(name for name in workspaces if name is not None))
    for name in named:
        if name not in right.workspaces:
            words = f"There is no workspace {name!r} that you may ask. Check the name, or see /api/me."
            raise Refused("workspace_not_found", words, 404)
    return Scope(named or right.workspaces, right.parties)


def shown(right: Right) -> Scope:
    """Where passages may be shown as they are; where only summaries are allowed they may not."""
    scope = allowed(right)
    return scope._replace(workspaces=tuple(name for name in scope.workspaces if name not in right.summarised))


def _passage(row: RowMapping, found: Candidate) -> Passage:
    kept = {name: row[name] for name in KEPT}
    return Passage(**kept, chunk=row["n"], heading=tuple(row["heading"]), score=round(found.score, 4), legs=found.legs)
