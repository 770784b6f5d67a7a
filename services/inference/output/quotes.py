"""Picks the statements of a passage that best support a sentence."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.inference.prompt.statements import QUOTE, Statement, statements
from services.inference.prompt.words import words
from shared.events import Passage

UNDER = 0.3  # what a word counts that stands in the heading above alone
# Of the weight of all wanted words: what `QUOTE` further characters, or one more statement, must bring.
LENGTH, ANOTHER = 0.2, 0.05
# A line of prose that goes on in the next: long enough, and ended by no figure and no mark.
WIDTH = 60
WRAPPED = re.compile(rf"[^\n|]{{{WIDTH - 1}}}[a-z,]$")


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
    return _whole(own, text, found, most), worth


def _whole(own: Sequence[Statement], text: str, span: tuple[int, int], most: int) -> tuple[int, int]:
    """With the lines after and before that the same sentence was wrapped into, as far as they fit."""
    start, end = span
    for one in own:
        if one.start >= end and one.end - start <= most and _continues(text, end, one.start):
            end = one.end
    for one in reversed(own):
        if one.end <= start and end - one.start <= most and _continues(text, one.end, start):
            start = one.start
    return start, end


def _continues(text: str, end: int, start: int) -> bool:
    """Whether the line that ends here was wrapped into the one that starts there."""
    return text[end:start].strip(" \t") == "\n" and bool(WRAPPED.search(text, max(0, end - WIDTH), end))


def _weight(said: frozenset[str], weigh: Mapping[str, float]) -> float:
    return sum(weigh[word] for word in said & weigh.keys())
