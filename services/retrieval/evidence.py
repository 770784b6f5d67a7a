"""Is what was found about the question at all? Two signs, neither of which needs the corpus."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple, Self

from services.retrieval.embed import Embedder
from services.retrieval.terms import chinese
from services.retrieval.tokens import ALSO, asked, hashes
from services.retrieval.trust import ENGLISH, PAIRS, Trust
from services.retrieval.vocabulary import meant

# Calibrated by bench/quality.py: at ANSWER 99 % of the Chinese and 96 % of the English questions keep their passages;
# 60 and 67 % of those whose source is taken away get none, and 99 % of those put to the other set.
ANSWER = 0.45
SEARCH = 0.25
ALONE = 1.8  # coverage when no vector is worth anything: .25 of the terms are then enough
PLAIN = (0, 1, 2, len(ENGLISH), len(ENGLISH) + 1, len(ENGLISH) + 2)  # the pairs that the figures above were taken with
ABROAD = 1.25  # strength across languages runs lower: right answers had .40 to .78, all others under .30


class Scale(NamedTuple):
    """A model's cosine of texts that have nothing to do with each other, and of a question and its answer."""

    unrelated: float
    related: float
    trusted: bool = True
    trust: Trust = Trust()

    @classmethod
    async def of(cls, embedder: Embedder) -> Self:
        """Measured on pairs of a question and its answer, because each model has its own scale."""
        asked = await embedder.questions([pair[0] for pair in PAIRS])
        told = await embedder.passages([pair[1] for pair in PAIRS])
        table = [[sum(x * y for x, y in zip(a, b, strict=True)) for b in told] for a in asked]
        plain = [[table[n][at] for at in PLAIN] for n in PLAIN]
        n = len(PLAIN)
        own = [row.pop(i) for i, row in enumerate(plain)]
        nearest = sum(mine > max(row) for mine, row in zip(own, plain, strict=True))
        return cls(sum(map(sum, plain)) / (n * n - n), sum(own) / n, nearest >= n - 1, Trust.of(table))

    def strength(self, cosine: float | None) -> float | None:
        """0 for unrelated, 1 for an answer; None when the model cannot tell them apart."""
        if not self.trusted:
            return None
        return min(1.2, max(0.0, ((cosine or 0.0) - self.unrelated) / (self.related - self.unrelated)))


class Asked:
    """A question as evidence sees it: its terms and its script."""

    def __init__(self, text: str) -> None:
        own, meaning = asked(text), meant(text)
        self._weights = dict(zip(hashes(own), own.values(), strict=True))
        self._also = frozenset(hashes(meaning.also | meaning.statements)) - self._weights.keys()
        self.terms = frozenset(self._weights)
        self._han = chinese(text)

    def reach(self, terms: frozenset[int]) -> float:
        """How much of the question a chunk of these terms has in words, its own or others for the same."""
        own = sum(weight for term, weight in self._weights.items() if term in terms)
        return min(1.0, (own + ALSO * len(self._also & terms)) / (sum(self._weights.values()) or 1.0))

    def support(self, text: str, terms: frozenset[int], strength: float | None) -> float:
        """How far a passage of these terms speaks about the question, 0..1."""
        coverage = len(self.terms & terms) / len(self.terms) if self.terms else 0.0
        if strength is None:
            return min(1.0, ALONE * coverage)
        if self._han != chinese(text):  # another language shares no words
            return min(1.0, max(ABROAD * strength, (strength + coverage) / 2))
        return min(1.0, (strength + coverage) / 2)


def packed(terms: Sequence[int]) -> bytes:
    """Term hashes as a row keeps them, four bytes each."""
    return array("I", terms).tobytes()


def unpacked(kept: bytes) -> frozenset[int]:
    """The other way."""
    return frozenset(array("I", kept))
