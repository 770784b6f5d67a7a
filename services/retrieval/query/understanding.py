"""Tokenizes and embeds a question off the event loop, in fair turns between people."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.retrieval.embedding.executor import SHORT
from services.retrieval.embedding.factory import Embedder
from services.retrieval.query.rewriting import SearchQuery, follow
from services.retrieval.query.stop_phrases import bare
from services.retrieval.query.window import EARLIER, cut
from services.retrieval.search.answerability import QuestionTerms
from shared.events import Turn
from shared.fairness import FairTurns

AT_ONCE = 8  # questions with a model elsewhere, which has its own queue
WAITING = 32  # questions of one person at once; each waits in memory


@dataclass(frozen=True, slots=True)
class AnalyzedQuestion:
    """What is searched for: its terms, what counts as evidence for it, and its vector (empty without a model)."""

    search_query: SearchQuery
    asked: QuestionTerms
    vector: Sequence[float]


class QuestionAnalyzer:
    """Short questions beside long ones, as many of each as the model takes; who asks much waits behind who does not."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[int, bool], FairTurns] = {}

    async def of(
        self,
        question: str,
        embedder: Embedder,
        who: str = "",
        history: Sequence[Turn] = (),
        asked_at: datetime | None = None,
    ) -> AnalyzedQuestion:
        """`Refused` (429) when `who` has too many questions waiting."""
        question = cut(question)
        earlier = [Turn(question=cut(turn.question, EARLIER), answer=turn.answer) for turn in history]
        size = len(question.encode()) + sum(len(turn.question.encode()) for turn in earlier[-2:])
        async with self._lane(embedder, size > SHORT).turn(who, size):
            search_query, asked = await asyncio.to_thread(_read, question, earlier, asked_at or datetime.now(UTC))
            (vector,) = await embedder.questions([bare(search_query.text)])
        return AnalyzedQuestion(search_query, asked, vector)

    async def each(self, queries: Sequence[str], embedder: Embedder, who: str) -> list[AnalyzedQuestion]:
        """Queries that stand for themselves; the model gets all of them at once."""
        if not queries:
            return []
        size = sum(len(query.encode()) for query in queries)
        async with self._lane(embedder, size > SHORT).turn(who, size):
            read = await asyncio.to_thread(lambda: [(SearchQuery.plain(one), QuestionTerms(one)) for one in queries])
            vectors = await embedder.questions([bare(query) for query in queries])
        return [AnalyzedQuestion(*pair, vector) for pair, vector in zip(read, vectors, strict=True)]

    def _lane(self, embedder: Embedder, long: bool) -> FairTurns:
        places = getattr(embedder, "at_once", AT_ONCE)
        return self._lanes.setdefault((places, long), FairTurns(places, WAITING))


def _read(question: str, earlier: Sequence[Turn], asked_at: datetime) -> tuple[SearchQuery, QuestionTerms]:
    search_query = follow(question, earlier, asked_at)
    if (text := cut(search_query.text)) != search_query.text:
        search_query = search_query._replace(text=text)
    return search_query, QuestionTerms(search_query.text)
