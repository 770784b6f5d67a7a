"""Rewrites a follow-up into a question that stands alone ("and for last year?")."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, Self

import jieba

from services.retrieval.query.follow_up import leans, names, person, tag
from services.retrieval.text.bm25 import HAN, Sparse
from services.retrieval.text.bm25 import question as worded
from shared.events import Turn

BEFORE = 0.6  # what a term counts that only the question before has, beside the follow-up's own
SAID = 0.3  # … that only the last answer has, when the follow-up speaks of somebody
ANSWER = 200  # characters of it
TURNS = 4  # follow-ups of follow-ups that are traced back
YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]*\d)")
RELATIVE = {
    re.compile(r"前年|\b(?:the year before last|two years ago)\b", re.IGNORECASE): -2,
    re.compile(r"去年|上一?年度?|\b(?:(?:the )?(?:last|previous|prior) year|the year before)\b", re.IGNORECASE): -1,
    re.compile(r"今年|本年度?|\bthis year\b", re.IGNORECASE): 0,
    re.compile(r"明年|下一?年度?|\b(?:(?:the )?(?:next|coming|following) year|the year after)\b", re.IGNORECASE): 1,
}
ORDINAL = "first|second|third|fourth"
# Of each kind a question names one thing, usually: the follow-up's takes its place.
KINDS = (
    YEAR,
    re.compile(rf"第?[一二三四1-4]季度|\bQ[1-4]\b|\b(?:{ORDINAL}) quarter\b", re.IGNORECASE),
    re.compile(r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?"),
    re.compile(r"\b[A-Z]{1,6}-?\d[\w-]*"),
    re.compile(r"(?<![A-Za-z])[A-Z] ?[级类]|\b(?:grade|class|level) [A-Z]\b", re.IGNORECASE),
    re.compile(r"\d[\d,.]* ?万?[元]|\d[\d,.]* (?:yuan|dollars|euros)"),
)
NAME = r"([A-Z][\w-]+(?: [A-Z][\w-]+)*)"
PLACE = re.compile(rf"\b(?:in|at|to|for) {NAME}"), re.compile(rf"(?:^|\b(?i:in|at|to|for|about|and) ){NAME}\W*$")
OPENING = re.compile(
    r"^\W*(?:那么?|然后|还有|另外|换成|如果是?|要是|至于|and|but|so|also|or|then|what about|how about)+\b\W*|呢?\W*$",
    re.IGNORECASE,
)


class SearchQuery(NamedTuple):
    """What is searched for: its text, and its terms with their weights; of a follow-up also what itself names."""

    text: str
    terms: Sparse
    named: str = ""

    @classmethod
    def plain(cls, question: str) -> Self:
        """A question as it is."""
        return cls(question, worded(question))


def follow(question: str, history: Sequence[Turn], asked_at: datetime) -> SearchQuery:
    """The question itself when it stands alone; else with what it refers to, its own words counting most."""
    if not history or not leans(question):
        return SearchQuery.plain(question)
    earlier = [turn.question for turn in history]
    first = _standing(earlier)
    parts = [(_dated(earlier[first], (), asked_at), 1.0)]
    for text in [*earlier[first + 1 :], question]:
        text = _dated(text, [part for part, _ in parts], asked_at)
        parts = [(_replaced(part, text), weight * BEFORE) for part, weight in parts] + [(text, 1.0)]
    if person(question):
        said = re.sub(r"\[\d+\]", "", history[-1].answer)[:ANSWER]
        parts.insert(-1, (said, SAID))
    named = OPENING.sub("", question) if names(question) else ""
    return SearchQuery(" ".join(OPENING.sub("", text) for text, _ in parts), _together(parts), named)


def _standing(earlier: Sequence[str]) -> int:
    """The newest question that stands alone, of the last few; the oldest of them when none does."""
    last = max(0, len(earlier) - TURNS)
    return next((n for n in reversed(range(last, len(earlier))) if not leans(earlier[n])), last)


def _dated(text: str, before: Iterable[str], asked_at: datetime) -> str:
    """Last year is the one before that which was spoken of, else before this one."""
    named = [int(year) for part in before for year in YEAR.findall(part)]
    year = named[-1] if named else asked_at.year
    for pattern, away in RELATIVE.items():
        text = pattern.sub(partial(_year, year + away), text)
    return text


def _year(year: int, told: re.Match[str]) -> str:
    return f"{year}年" if re.match(HAN, told[0]) else str(year)


def _replaced(before: str, text: str) -> str:
    """The earlier words without what the follow-up names another of."""
    for old, new in _exchanges(before, text):
        before = before.replace(old, new)
    return before


def _exchanges(before: str, text: str) -> Iterator[tuple[str, str]]:
    for was, now in (*zip(KINDS, KINDS, strict=True), PLACE):
        old, new = was.findall(before), now.findall(text)
        if len(set(old)) == 1 and len(set(new)) == 1:
            yield old[0], new[0]
    places = [[word for word in jieba.cut(part) if tag(word) == "ns"] for part in (before, text)]
    if all(len(set(found)) == 1 for found in places):
        yield places[0][0], places[1][0]


def _together(parts: Iterable[tuple[str, float]]) -> Sparse:
    """Each term once, at its highest weight."""
    weights: dict[int, float] = {}
    for text, weight in parts:
        for term, own in zip(*worded(text), strict=True):
            weights[term] = max(weight * own, weights.get(term, 0.0))
    return Sparse(list(weights), list(weights.values()))
