"""Documents, data or both: the score of the best named query against what the words of the question say."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from services.connectors.named.meaning import NONE, Meant
from services.connectors.routing.signals import asks_documents, asks_figures

Route = Literal["documents", "data", "both"]
SURE, LIKELY, POSSIBLE = 0.42, 0.30, 0.22
FIGURES = 0.12  # what words about figures and the present add
NAMED = 0.10  # what the code of a product or machine adds


class Decision(NamedTuple):
    """Where to look. `query` is the named query to run, empty when none fits; `margin` is its lead over the next."""

    route: Route
    query: str = ""
    score: float = 0.0
    margin: float = 0.0


def decide(question: str, ranked: Sequence[Meant], names_a_row: bool = False) -> Decision:
    """`ranked` are named queries and the class of none, the likeliest first."""
    queries = [one for one in ranked if one.name != NONE]
    if not queries:
        return Decision("documents")
    best = queries[0]
    none = next((one.score for one in ranked if one.name == NONE), 0.0)
    margin = best.score - (queries[1].score if len(queries) > 1 else 0.0)
    score = best.score - max(none, 0.0) / 2 + FIGURES * asks_figures(question) + NAMED * names_a_row
    return Decision(_route(score, asks_documents(question)), best.name, score, margin)


def _route(score: float, papers: bool) -> Route:
    if papers:
        return "both" if score >= LIKELY else "documents"
    return "data" if score >= SURE else "both" if score >= LIKELY else "documents"
