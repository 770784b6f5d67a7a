"""A period of time in a question, in Chinese or English: a closed grammar, no guesses."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from services.connectors.named.calendar import Interval, Unit, months, until, whole
from services.connectors.named.texts import folded

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "十一": 11, "十二": 12}
NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
DIGITS |= {word: n for n, word in enumerate(NUMERALS, 1)}
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: n for n, name in enumerate(MONTH_NAMES, 1)}
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
UNITS: dict[str, Unit] = {
    "年": "year", "季度": "quarter", "季": "quarter", "月": "month", "周": "week", "星期": "week", "天": "day",
    "日": "day", "小时": "hour", "year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day",
    "hour": "hour",
}  # fmt: skip
OFFSETS = {
    "上上": -2, "上": -1, "去": -1, "昨": -1, "前": -2, "last": -1, "previous": -1, "past": -1, "本": 0, "这": 0,
    "今": 0, "当": 0, "this": 0, "current": 0, "下": 1, "明": 1, "next": 1,
}  # fmt: skip

NUMBER = r"(\d+|十[一二]?|[一二两三四五六七八九半]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
UNIT = r"(年|季度|月|周|星期|天|日|小时|years?|quarters?|months?|weeks?|days?|hours?)"
YEAR = r"(?:(20\d\d)\s*年?|([去今本明])年)?\s*的?\s*"
MONTH = r"(\d{1,2}|十[一二]?|[一二三四五六七八九])"
NAMED_MONTH = r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b"


class Period(NamedTuple):
    """From `start` up to but without `end`; `words` of the question say so."""

    start: datetime
    end: datetime
    words: str


def period(text: str, now: datetime) -> Period | None:
    """The first period that the text names, the longest where several begin."""
    line = folded(text)
    found = [
        (match.start(), -len(match[0]), rank)
        for rank, (pattern, _) in enumerate(RULES)
        for match in pattern.finditer(line)
        if match[0].strip()
    ]
    for start, _, rank in sorted(found):
        pattern, read = RULES[rank]
        match = pattern.match(line, start)
        try:
            if match:
                return Period(*read(now, match), match[0].strip())
        except ValueError:  # the 31st of June, month 13
            continue
    return None


def _number(text: str) -> float:
    return 0.5 if text == "半" else float(text) if text.isdigit() else DIGITS[text]


def _unit(text: str) -> Unit:
    return UNITS[text.rstrip("s") if text.isascii() else text]


def _year(now: datetime, digits: str | None, word: str | None) -> int:
    return int(digits) if digits else now.year + OFFSETS[word or "今"]


def _date(now: datetime, match: re.Match[str]) -> Interval:
    year, month, day = int(match[1]), int(match[2]), match[3]
    if not day:
        return months(year, month)
    start = datetime(year, month, int(day))
    return start, start + timedelta(1)


def _months(now: datetime, match: re.Match[str]) -> Interval:
    first, last = int(_number(match[3])), int(_number(match[4]))
    return months(_year(now, match[1], match[2]), first, last - first + 1)


def _half(now: datetime, match: re.Match[str]) -> Interval:
    return months(_year(now, match[1], match[2]), 1 if match[3] == "上" else 7, 6)


def _quarter(now: datetime, match: re.Match[str]) -> Interval:
    return months(_year(now, match[1], match[2]), int(_number(match[3])) * 3 - 2, 3)


def _quarter_of(now: datetime, match: re.Match[str]) -> Interval:
    number = ORDINALS.get(match[2]) or int(match[2])
    return months(int(match[1] or match[3] or now.year), number * 3 - 2, 3)


def _ordinal_quarter(now: datetime, match: re.Match[str]) -> Interval:
    return months(int(match[2] or now.year), ORDINALS[match[1]] * 3 - 2, 3)


def _past(now: datetime, match: re.Match[str]) -> Interval:
    return until(now, _number(match[1]), _unit(match[2]))


def _relative(now: datetime, match: re.Match[str]) -> Interval:
    return whole(now, _unit(match[2]), OFFSETS[match[1]])


def _day(now: datetime, match: re.Match[str]) -> Interval:
    return whole(now, "day", OFFSETS[match[1]])


def _named_month(now: datetime, match: re.Match[str]) -> Interval:
    number = MONTHS[match[2]]
    start, end = months(int(match[3]) if match[3] else now.year - (number > now.month), number)
    return (start, now) if match[1] == "since" else (start, end)


def _month(now: datetime, match: re.Match[str]) -> Interval:
    number = int(_number(match[3]))
    earlier = not match[1] and not match[2] and number > now.month
    return months(_year(now, match[1], match[2]) - earlier, number)


def _so_far(now: datetime, _: re.Match[str]) -> Interval:
    return datetime(now.year, 1, 1), now


def _year_alone(now: datetime, match: re.Match[str]) -> Interval:
    return months(int(match[1]), 1, 12)


Read = Callable[[datetime, re.Match[str]], Interval]
RULES: list[tuple[re.Pattern[str], Read]] = [
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(20\d\d)[-/年.](\d{1,2})(?:[-/月.](\d{1,2})日?|月份?)?(?!\d)", _date),
        (YEAR + MONTH + r"月?(?:份)?(?:到|至|-|~|—)" + MONTH + "月", _months),
        (YEAR + r"([上下])半年", _half),
        (YEAR + r"第?([一二三四1-4])季度?", _quarter),
        (r"(?:(20\d\d)\s*)?\bq([1-4])\b(?:\s*(?:of\s*)?(20\d\d))?", _quarter_of),
        (r"\b(first|second|third|fourth|1st|2nd|3rd|4th) quarter(?: of (20\d\d))?", _ordinal_quarter),
        (rf"(?:最近|过去|近|前)(?:的)?{NUMBER}个?{UNIT}", _past),
        (rf"\b(?:last|past|previous|recent)\s+{NUMBER}\s+{UNIT}\b", _past),
        (r"\b(?:last|past) half (?:a )?year|近半年|最近半年|过去半年", lambda now, _: until(now, 6, "month")),
        (r"(上上|上|本|这|当|下)(?:个|一个|一)?(季度|月|周|星期|年)", _relative),
        (r"([去今明])(年)(?:以来|至今)?", _relative),
        (r"([昨今前明])[天日晚]", _day),
        (r"\b(last|past|previous|this|current|next)\s+(year|quarter|month|week)\b", _relative),
        (r"\byesterday\b", lambda now, _: whole(now, "day", -1)),
        (r"\btoday\b", lambda now, _: whole(now, "day", 0)),
        (r"\byear to date\b|\bytd\b|年初(?:至今|以来|到现在)|\bso far this year\b", _so_far),
        (r"\b(in|since|during|for|of|last)\s+" + NAMED_MONTH + r"\.?(?:\s+(20\d\d))?", _named_month),
        (YEAR + MONTH + r"月份?", _month),
        (r"(?<![\d-])(?:fy\s?)?(20\d\d)(?:财?年度?)?(?![\d-])", _year_alone),
    )
]
