"""What is searched for beside the question: planned queries, and its words in the other language."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from services.retrieval.planning.dictionary import translated
from services.retrieval.planning.planner import TimedPlan
from services.retrieval.planning.relations import computed
from services.retrieval.query.synonyms import meant
from services.retrieval.query.understanding import AnalyzedQuestion
from services.retrieval.search.answerability import Other, QuestionTerms
from services.retrieval.text.bm25 import ALSO, Sparse, hashes, terms
from shared.events import DocumentHint, SearchPlan


class SearchExpansion(NamedTuple):
    """`queries` in their order; `across` has the question's words in the other language, and no vector."""

    queries: Sequence[AnalyzedQuestion] = ()
    across: AnalyzedQuestion | None = None
    hints: Sequence[DocumentHint] = ()


class Analyzes(Protocol):
    """What reads queries as its library's model and tokenizer see them."""

    async def each(self, queries: Sequence[str], who: str = "") -> list[AnalyzedQuestion]:
        """Their terms and vectors."""


NOTHING = SearchExpansion()


def in_other_words(question: AnalyzedQuestion, planned: Sequence[str] = ()) -> AnalyzedQuestion | None:
    """The question in the other language, by the words that a model gave or else by the dictionary."""
    other: Other = tuple((word,) for word in planned) or translated(question.search_query.text)
    if not other:
        return None
    weights: dict[int, float] = {}
    for words in other:
        own = hashes(term for word in words for term in terms(word))
        also = hashes(meant(" ".join(words)).also)
        weights |= {term: weights.get(term, ALSO / len(words)) for term in also}
        weights |= dict.fromkeys(own, 1.0 / len(words))
    search_query = question.search_query._replace(terms=Sparse(list(weights), list(weights.values())))
    return AnalyzedQuestion(search_query, QuestionTerms(question.search_query.text, other), ())


async def expanded(search: Analyzes, question: AnalyzedQuestion, made: TimedPlan | None, who: str) -> SearchExpansion:
    """Of a plan its queries and words; without one the lines behind a computed figure, and the dictionary's words."""
    plan = made.planned.plan if made else SearchPlan(queries=computed(question.search_query.text))
    queries = await search.each(plan.queries, who)
    # The dictionary may have to be read first.
    return SearchExpansion(queries, await asyncio.to_thread(in_other_words, question, plan.other), plan.docs)
