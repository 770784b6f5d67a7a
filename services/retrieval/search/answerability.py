"""Scores answerability from calibrated cosine and term coverage."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from services.retrieval.embedding.factory import Embedder
from services.retrieval.query.synonyms import meant
from services.retrieval.search.calibration import ENGLISH, PAIRS, Calibration
from services.retrieval.text.bm25 import ALSO, asked, hashes, terms
from shared.language import embeds_as_chinese

# Calibrated by bench/quality.py, see docs/decisions/0021. A paraphrase lies hardly nearer to its answer than a question
# about something else does: what is let through here is left to the words of the model, what is not reaches nobody.
ANSWER = 0.3
SEARCH = 0.02  # people look at passages themselves: only what has nothing of the question is left out
STRANGE = 0.25  # of the support, when nothing found has a word of what a follow-up names: it changed the subject
ALONE = 1.2  # coverage when no vector is worth anything: .25 of the terms are then enough
PLAIN = (0, 1, 2, len(ENGLISH), len(ENGLISH) + 1, len(ENGLISH) + 2)  # the pairs that hardly say anything in other words
MOST = 1.2


class CosineRange(NamedTuple):
    """A model's cosine of texts that have nothing to do with each other, and of a question and its answer."""

    unrelated: float
    related: float

    @classmethod
    def of(cls, table: Sequence[Sequence[float]]) -> Self:
        """From each question's cosine with each answer; its own stands at its own place."""
        n = len(table)
        own = sum(row[at] for at, row in enumerate(table))
        return cls((sum(map(sum, table)) - own) / (n * n - n), own / n)

    def strength(self, cosine: float) -> float:
        """0 for unrelated, 1 for an answer."""
        span = self.related - self.unrelated
        return min(MOST, max(0.0, (cosine - self.unrelated) / span)) if span > SMALLEST else 0.0


class CosineScale(NamedTuple):
    """A model's spans: of English, of Chinese, and of a question and a text of two languages."""

    english: CosineRange
    chinese: CosineRange
    across: CosineRange
    trusted: bool = True
    calibration: Calibration = Calibration()

    @classmethod
    async def of(cls, embedder: Embedder) -> Self:
        """Measured on pairs of a question and its answer, because each model has its own scale in each language."""
        asked = await embedder.questions([pair[0] for pair in PAIRS])
        told = await embedder.passages([pair[1] for pair in PAIRS])
        table = [[sum(x * y for x, y in zip(a, b, strict=True)) for b in told] for a in asked]
        half = len(ENGLISH)
        english, chinese = (CosineRange.of([row[at : at + half] for row in table[at : at + half]]) for at in (0, half))
        # Short sentences of two languages lie nearer than real texts: what is plain in one is the better measure.
        plain = [[table[n][at] for at in PLAIN] for n in PLAIN]
        nearest = sum(max(row) == row[n] and row.count(row[n]) == 1 for n, row in enumerate(plain))
        return cls(english, chinese, CosineRange.of(plain), nearest >= len(PLAIN) - 1, Calibration.of(table))

    @classmethod
    def none(cls) -> Self:
        """Of a model that tells nothing apart."""
        return cls(NOTHING, NOTHING, NOTHING, trusted=False)

    def strength(self, cosine: float | None, asked: bool, told: bool) -> float | None:
        """How near a text is to a question, each Chinese or not; None when the model cannot tell texts apart."""
        if not self.trusted:
            return None
        if asked != told:
            return min(self.calibration.english, self.calibration.chinese) * self.across.strength(cosine or 0.0)
        span, calibration = (
            (self.chinese, self.calibration.chinese) if asked else (self.english, self.calibration.english)
        )
        return calibration * span.strength(cosine or 0.0)


SMALLEST = 1e-6  # a span below it is rounding
NOTHING = CosineRange(0.0, 0.0)


# Of each word of a question, what it may be in the other language.
Other = tuple[tuple[str, ...], ...]


class QuestionTerms:
    """A question as evidence sees it: its terms, its script, and its words in the `other` language."""

    def __init__(self, text: str, other: Other = ()) -> None:
        own, meaning = asked(text), meant(text)
        self._weights = dict(zip(hashes(own), own.values(), strict=True))
        self._also = frozenset(hashes(meaning.also | meaning.statements)) - self._weights.keys()
        self.terms = frozenset(self._weights)
        self.chinese = embeds_as_chinese(text)
        self._other = [[frozenset(hashes(terms(word))) for word in _alike(words)] for words in other]

    def reach(self, terms: frozenset[int]) -> float:
        """How much of the question a chunk of these terms has in words, its own or others for the same."""
        own = sum(weight for term, weight in self._weights.items() if term in terms)
        return min(1.0, (own + ALSO * len(self._also & terms)) / (sum(self._weights.values()) or 1.0))

    def across(self, found: frozenset[int]) -> float:
        """How much of the question a chunk of the other language has in words: of how many some translation."""
        said = [any(word and word <= found for word in words) for words in self._other]
        return sum(said) / len(said) if said else 0.0

    def support(
        self, text: str, found: frozenset[int], cosine: float | None, scale: CosineScale, embedded: bool = True
    ) -> float:
        """How far a passage of these terms speaks about the question, 0..1; by them alone until it is `embedded`."""
        told = embeds_as_chinese(text)
        strength = scale.strength(cosine, self.chinese, told) if embedded else None
        if strength is None:
            return min(1.0, ALONE * len(self.terms & found) / len(self.terms)) if self.terms else 0.0
        reach = self.reach(found) if told == self.chinese else max(self.reach(found), self.across(found))
        return min(1.0, (strength + reach) / 2)


def _alike(words: Sequence[str]) -> set[str]:
    """The words, and what else they may be called."""
    return {*words, *meant(" ".join(words)).also} if words else set()


def reached(named: str, rows: Iterable[Mapping[Any, Any]]) -> bool:
    """Whether any of the rows says one word of what a question names."""
    asked = QuestionTerms(named)
    return any(asked.reach(unpacked(row["terms"])) for row in rows)


def packed(terms: Sequence[int]) -> bytes:
    """Term hashes as a row keeps them, four bytes each."""
    return array("I", terms).tobytes()


def unpacked(kept: bytes) -> frozenset[int]:
    """The other way."""
    return frozenset(array("I", kept))
