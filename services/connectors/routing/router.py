"""Documents, data or both: the score of the best named query against what the words of the question say."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from services.connectors.named.classifier import NONE, ScoredQuery
from services.connectors.routing.signals import asks_documents, asks_figures

Route = Literal["documents", "data", "both"]
# Of 101 questions that the thresholds were set with, no question about documents reached 0.2 (bench/business.py).
SURE, LIKELY = 0.33, 0.24
FIGURES = 0.12  # what words about figures and the present add
NEAR = 0.12  # behind the best: a query that is as likely meant when the best lacks a parameter


class Decision(NamedTuple):
    """Where to look. `queries` are the named queries to try, the likeliest first; `score` is the first one's."""

    route: Route
    queries: tuple[str, ...] = ()
    score: float = 0.0


def decide(question: str, ranked: Sequence[ScoredQuery]) -> Decision:
    """`ranked` are named queries and the class of none, the likeliest first."""
    queries = [one for one in ranked if one.name != NONE]
    if not queries:
        return Decision("documents")
    best = queries[0]
    none = next((one.score for one in ranked if one.name == NONE), 0.0)
    near = tuple(one.name for one in queries[:3] if one.score >= best.score - NEAR)
    score = best.score - max(none, 0.0) / 2 + FIGURES * asks_figures(question)
    return Decision(_route(score, asks_documents(question)), near, score)


def _route(score: float, papers: bool) -> Route:
    if papers:
        return "both" if score >= LIKELY else "documents"
    return "data" if score >= SURE else "both" if score >= LIKELY else "documents"
