"""Orders fused hits by term coverage and quoted terms."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.retrieval.index.protocol import Legs
from services.retrieval.query.title_terms import holds, quoted
from services.retrieval.search.answerability import QuestionTerms, unpacked
from services.retrieval.search.fusion import Candidate, fuse

BEST = 5  # of the lexical leg, that show how much of the question the words reach


def looked_at(found: Legs, most: int) -> list[str]:
    """The ids that may turn out best, whatever the legs' shares will be."""
    usual = [one.id for one in fuse(found)[:most]]
    return list(dict.fromkeys([*usual, *(hit.id for leg in found for hit in leg[: max(BEST, most // 2)])]))


def ordered(
    question: str, asked: QuestionTerms, found: Legs, rows: Mapping[str, Mapping[Any, Any]], calibration: float
) -> list[Candidate]:
    """The candidates that have a row, best first."""
    best = (rows[hit.id]["terms"] for hit in found.lexical[:BEST] if hit.id in rows)
    reach = max((asked.reach(unpacked(terms)) for terms in best), default=0.0)
    return _lifted([one for one in fuse(found, reach, calibration) if one.id in rows], rows, quoted(question))


def _lifted(order: list[Candidate], rows: Mapping[str, Mapping[Any, Any]], phrases: Sequence[str]) -> list[Candidate]:
    """Those first that hold the most of the quoted phrases, word for word."""
    if not phrases:
        return order
    held = {one.id: sum(holds(rows[one.id]["text"], phrase) for phrase in phrases) for one in order}
    return sorted(order, key=lambda one: -held[one.id])
