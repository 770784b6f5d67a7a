"""Sentences and comparable words of text, for scripts with and without spaces."""

import re
import unicodedata

from shared.language import CJK

WORD = re.compile(rf"\d+(?:[.,]\d+)*|[^\W\d_{CJK}]+|[{CJK}]+")
SENTENCE = re.compile(r"[^。！？!?\n.]*(?:\.(?!\s|$)[^。！？!?\n.]*)*[。！？!?.]*\n*")
STOP = frozenset(
    WORD.findall(
        "a an the of to in on at for and or is are was were be been by as it its this that with from which what who "
        "how do does did has have had not no can may will would should their there than into about also"
    )
)


def words(text: str) -> frozenset[str]:
    """Lower-cased words and numbers; runs of Chinese become their pairs of characters."""
    found: set[str] = set()
    for word in WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if re.match(f"[{CJK}]", word):
            found.update(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif word not in STOP:
            found.add(word.replace(",", ""))
    return frozenset(found)


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of sentences, without the white space around them."""
    spans = []
    for match in SENTENCE.finditer(text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        if end > start:
            spans.append((start, end))
    return spans


def overlap(wanted: frozenset[str], text: str) -> float:
    """The share of the wanted words that the text holds, 0 to 1."""
    return len(wanted & words(text)) / len(wanted) if wanted else 0.0
