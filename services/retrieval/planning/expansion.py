"""What is searched for beside the question: planned queries, and its words in the other language."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from services.retrieval.planning.dictionary import translated
from services.retrieval.planning.hints import hints
from services.retrieval.planning.planner import TimedPlan
from services.retrieval.planning.relations import computed
from services.retrieval.query.synonyms import meant
from services.retrieval.query.understanding import AnalyzedQuestion
from services.retrieval.search.answerability import Other, QuestionTerms
from services.retrieval.text.bm25 import ALSO, Sparse, hashes, terms
from shared.events import DocumentHint


class SearchExpansion(NamedTuple):
    """Of a plan: `queries` in their order, the question `across` in the other language, and `hints` of documents.

    Without a plan: names of documents, queries for the lines behind a `computed` figure, and the question in the other
    language by the `dictionary`, for where nothing else is evidence. What is in the other language has no vector.
    """

    queries: Sequence[AnalyzedQuestion] = ()
    across: AnalyzedQuestion | None = None
    hints: Sequence[DocumentHint] = ()
    computed: Sequence[AnalyzedQuestion] = ()
    dictionary: AnalyzedQuestion | None = None


class Analyzes(Protocol):
    """What reads queries as its library's model and tokenizer see them."""

    async def each(self, queries: Sequence[str], who: str = "") -> list[AnalyzedQuestion]:
        """Their terms and vectors."""


NOTHING = SearchExpansion()


def in_other_words(question: AnalyzedQuestion, other: Other) -> AnalyzedQuestion | None:
    """The question in the other language, by what each word may be there; None without any."""
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
    if made:
        plan = made.planned.plan
        across = in_other_words(question, tuple((word,) for word in plan.other))
        return SearchExpansion(await search.each(plan.queries, who), across, plan.docs)
    text = question.search_query.text
    # The dictionary may have to be read first.
    other = await asyncio.to_thread(translated, text)
    lines = await search.each(computed(text), who)
    return SearchExpansion(hints=hints(text), computed=lines, dictionary=in_other_words(question, other))
