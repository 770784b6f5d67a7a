"""Reranks passages within a time limit; a late reranker never delays an answer."""

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from typing import Protocol

from prometheus_client import Counter

from shared.events import Passage

log = logging.getLogger(__name__)
RERANKED = Counter("cloister_reranked_total", "Questions whose passages were put in a better order", ["outcome"])
MOST = 30  # passages that are looked at again
FAILURES, REST = 3, 30.0  # after so many in a row it is left alone for so many seconds
RERANK = "rerank"  # the leg that shows its score; a passage without it stands where fusion put it


class Reranker(Protocol):
    """Reads question and passage together."""

    async def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """One for each text, on any scale: the higher, the better it answers."""


class Reranking:
    """A reranker on the clock."""

    def __init__(self, reranker: Reranker, seconds: float) -> None:
        self._reranker, self._seconds = reranker, seconds
        self._failures, self._again = 0, 0.0

    async def better(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """The first of them in a new order. Fused scores keep their places, so that they still fall."""
        first = list(passages[:MOST])
        scores = await self._scores(question, [_read(passage) for passage in first]) or ()
        order = sorted(range(len(scores)), key=lambda n: -scores[n])
        moved = [_moved(first[n], first[at].score, scores[n]) for at, n in enumerate(order)]
        return moved + list(passages[len(moved) :])

    async def _scores(self, question: str, texts: Sequence[str]) -> Sequence[float] | None:
        """None when it is late or fails; the order then stays."""
        if not texts or time.monotonic() < self._again:
            return None
        try:
            async with asyncio.timeout(self._seconds):
                found = _checked(await self._reranker.scores(question, texts), len(texts))
        except TimeoutError:
            self._left("late", f"it took more than {self._seconds:g} s")
            return None
        except Exception as error:  # a reranker may be the operator's own code; without it the search still answers
            self._left("failed", repr(error))
            return None
        self._failures = 0
        RERANKED.labels("done").inc()
        return found

    def _left(self, outcome: str, why: str) -> None:
        RERANKED.labels(outcome).inc()
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures, self._again = 0, time.monotonic() + REST
        log.warning("the passages keep their order: the reranker is %s (%s)", outcome, why)


def _read(passage: Passage) -> str:
    return "\n".join(filter(None, (passage.title, " > ".join(passage.heading), passage.text)))


def _moved(passage: Passage, score: float, rerank: float) -> Passage:
    return passage.model_copy(update={"score": score, "legs": passage.legs | {RERANK: round(rerank, 4)}})


def _checked(scores: Sequence[float], count: int) -> list[float]:
    found = [float(score) for score in scores]
    if len(found) != count or not all(map(math.isfinite, found)):
        raise ValueError(f"{len(found)} scores for {count} passages")
    return found
