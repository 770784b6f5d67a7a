"""Figures of an answer that stand in no passage.

A figure is as exact as it is written: `1.2 million` is founded on any number from 1.15 to 1.25 million.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from shared.events import Passage

SCALES = {
    "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12, "k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6,
    "bn": 9, "billion": 9, "trillion": 12,
}  # fmt: skip
FIGURE = re.compile(
    r"(?<![A-Za-z0-9_.,])(?P<minus>-)?(?P<number>\d{1,3}(?:[,' ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s?(?P<scale>万亿|千万|百万|亿|万|千|thousand|million|billion|trillion|bn|mn|[km](?![A-Za-z]))?\s?"
    r"(?P<percent>%|个百分点|percent)?|百分之(?P<of_hundred>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
# Marks of citations and lists, articles, dates, times, codes and addresses are no figures.
SKIPPED = re.compile(
    r"\[\d+(?:[,;]\s*\d+)*\]|(?m:^\s*\d{1,3}[.)、]\s)|第[一二三四五六七八九十\d]+[章节条页名个]|https?://\S+|"
    r"\b[A-Za-z]{1,6}-?\d[\w-]*|\d{4}[-/年]\d{1,2}(?:[-/月]\d{1,2}日?|月)?|\b(?:19|20)\d\d(?=年|财年|\b)|"
    r"\d{1,2}:\d\d(?::\d\d)?|\d{1,2}月(?:\d{1,2}日)?",
    re.IGNORECASE,
)
# Beside such a word a figure may be the difference or the share of two others.
COMPARED = re.compile(
    r"[差增减多少高低涨降占比]|合计|总|共|平均|differ|more|less|increas|decreas|share|total|sum|average|"
    r"up |down |rose|fell|grew",
    re.IGNORECASE,
)
BESIDE, PAIRS = 14, 60


class Figure(NamedTuple):
    """Its value, half a unit of its last digit, and as it is written."""

    value: Decimal
    half: Decimal
    percent: bool
    written: str
    at: int


def unfounded(answer: str, question: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """As written, in order, each once; sums, means, differences and shares of figures of the rows count as founded."""
    known = sorted(_known(question, passages))
    pool = [value for value in _cells(passages)][:PAIRS] or known[:PAIRS]
    found = [
        one.written
        for one in figures(answer)
        if not _near(known, one) and not (_compared(answer, one) and _derived(pool, one))
    ]
    return tuple(dict.fromkeys(found))


def figures(text: str) -> Iterator[Figure]:
    """Every figure of a text."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    plain = SKIPPED.sub(lambda match: "\0" * len(match[0]), plain)
    for match in FIGURE.finditer(plain):
        digits = re.sub(r"[,' ]", "", match["number"] or match["of_hundred"])
        scale = SCALES.get((match["scale"] or "").lower(), 0)
        half = Decimal(5).scaleb(scale - len(digits.partition(".")[2]) - 1)
        percent = bool(match["percent"] or match["of_hundred"])
        yield Figure(Decimal(digits).scaleb(scale), half, percent, match[0].strip(), match.start())


def _known(question: str, passages: Sequence[Passage]) -> Iterator[Decimal]:
    for text in (question, *(part for passage in passages for part in (passage.text, passage.title, *passage.heading))):
        for one in figures(text):
            yield one.value
            if one.percent:
                yield one.value / 100
    yield from _cells(passages)
    for passage in passages:
        if passage.data:
            yield Decimal(passage.data.row_count)
            yield from _totals(passage.data.rows)


def _cells(passages: Iterable[Passage]) -> Iterator[Decimal]:
    for passage in passages:
        for row in passage.data.rows if passage.data else ():
            yield from (abs(Decimal(str(value))) for value in row if isinstance(value, int | float))


def _totals(rows: Sequence[Sequence[object]]) -> Iterator[Decimal]:
    for column in zip(*rows, strict=True):
        numbers = [Decimal(str(value)) for value in column if isinstance(value, int | float)]
        if numbers:
            yield abs(sum(numbers, Decimal(0)))
            yield abs(sum(numbers, Decimal(0)) / len(numbers))


def _near(known: Sequence[Decimal], one: Figure) -> bool:
    values = [(one.value, one.half), (one.value / 100, one.half / 100)] if one.percent else [(one.value, one.half)]
    return any((at := bisect_left(known, v - h)) < len(known) and known[at] <= v + h for v, h in values)


def _compared(answer: str, one: Figure) -> bool:
    return bool(COMPARED.search(answer[max(0, one.at - BESIDE) : one.at + len(one.written) + BESIDE]))


def _derived(pool: Sequence[Decimal], one: Figure) -> bool:
    for a, b in combinations(pool, 2):
        if abs(abs(a - b) - one.value) <= one.half:
            return True
        shares = [x / y * 100 for x, y in ((a, b), (b, a)) if y] if one.percent else []
        if any(min(abs(share - one.value), abs(abs(share - 100) - one.value)) <= one.half for share in shares):
            return True
    return False
