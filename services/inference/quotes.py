"""A passage and the words that matter in, the run of its statements that says most about them out."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.inference.statements import QUOTE, Statement, statements
from services.inference.words import words
from shared.events import Passage

UNDER = 0.3  # what a word counts that stands in the heading above alone
# Of the weight of all wanted words: what `QUOTE` further characters, or one more statement, must bring.
LENGTH, ANOTHER = 0.2, 0.05


def weights(wanted: Iterable[str], said: Sequence[str]) -> dict[str, float]:
    """Each wanted word's share of what they weigh together: the rarer in the texts, the more."""
    seen = Counter(word for text in said for word in words(text))
    raw = {word: math.log(1 + len(said) / seen[word]) for word in wanted if seen[word]}
    total = sum(raw.values()) or 1.0
    return {word: weight / total for word, weight in raw.items()}


def quoted(passage: Passage, wanted: frozenset[str]) -> tuple[int, int]:
    """The span to quote, at most 300 characters of the passage."""
    own = statements(passage.text, passage.heading)
    found, _ = best(own, weights(wanted, texts(passage.text, own)), passage.text)
    return found


def texts(text: str, own: Sequence[Statement]) -> list[str]:
    """Each statement below its heading."""
    return [f"{one.under}\n{text[one.start : one.end]}" for one in own]


def best(
    own: Sequence[Statement], weigh: Mapping[str, float], text: str, most: int = QUOTE
) -> tuple[tuple[int, int], float]:
    """The run of neighbouring statements that is worth most, and its worth; the first of equals, cut at `most`."""
    held = [(words(text[one.start : one.end]), words(one.under)) for one in own]
    found, worth = (own[0].start, own[0].end), -math.inf
    for first, (start, _, _) in enumerate(own):
        said, under = frozenset[str](), frozenset[str]()
        for last in range(first, len(own)):
            end = own[last].end
            if last > first and end - start > most:
                break
            said, under = said | held[last][0], under | held[last][1]
            value = _weight(said, weigh) + UNDER * _weight(under - said, weigh)
            value -= LENGTH * (end - start) / most + ANOTHER * (last - first)
            if value > worth:
                found, worth = (start, min(end, start + most)), value
    return found, worth


def _weight(said: frozenset[str], weigh: Mapping[str, float]) -> float:
    return sum(weigh[word] for word in said & weigh.keys())
