"""Whole numbers in a question, with the words beside them."""

import re
from collections.abc import Iterator, Sequence

from services.connectors.named.periods import DIGITS
from services.connectors.named.texts import folded

ENGLISH = "|".join(sorted((word for word in DIGITS if word.isascii()), key=len, reverse=True))
# Not a number in a code (QM-080), a decimal, or a longer number.
NUMBER = re.compile(
    rf"(?<![a-z0-9.-])(\d{{1,6}})(?![\d.%a-z-])|\b({ENGLISH})\b|([一二两三四五六七八九十]{{1,3}})(?=[种个款家台条名件项天位])|"
    r"(?<=前)([一二两三四五六七八九十]{1,3})"
)
NEAR = 10  # characters in which a word counts as beside a number


def number_beside(text: str, beside: Sequence[str]) -> int | None:
    """The number next to one of these words; without words, the only number."""
    line = folded(text)
    found = list(_numbers(line))
    for start, end, value in found:
        before, after = line[max(0, start - NEAR) : start], line[end : end + NEAR]
        if any(before.rstrip().endswith(word) or after.lstrip().startswith(word) for word in beside):
            return value
    return found[0][2] if len(found) == 1 and not beside else None


def only_number(text: str) -> int | None:
    """The one number of a text that has no other."""
    found = [value for _, _, value in _numbers(folded(text))]
    return found[0] if len(found) == 1 else None


def _numbers(line: str) -> Iterator[tuple[int, int, int]]:
    for match in NUMBER.finditer(line):
        digits, english, counted, first = match.groups()
        value = int(digits) if digits else DIGITS[english] if english else _chinese(counted or first)
        yield match.start(), match.end(), value


def _chinese(text: str) -> int:
    """Up to 99: 十, 十二, 二十, 三十五."""
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)
