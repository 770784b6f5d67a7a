"""Chooses the parts of attached files that a question is about."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import log
from typing import NamedTuple

PART = 900  # characters: as long as a chunk of a document
WHOLE = 12_000  # characters of all files together that are sent with a question as they are
WORD = re.compile(r"[a-z0-9][a-z0-9.,_-]*|[\u3400-\u9fff]")
ENDS = re.compile(r"\n\s*\n|\n|(?<=[.!?;。！？；])\s*")


class Part(NamedTuple):
    """A part of a page, from character `start`."""

    name: str
    page: int
    start: int
    text: str


def chosen(pages: Iterable[tuple[str, int, str]], question: str) -> list[Part]:
    """The likeliest first: all of short files, of long ones what holds the question's words, or their beginning."""
    parts = [part for name, page, text in pages for part in split(name, page, text)]
    worth = _worth(parts, question)
    order = sorted(range(len(parts)), key=lambda at: (-worth[at], at))
    if sum(len(part.text) for part in parts) <= WHOLE:
        return [parts[at] for at in order]
    kept, size = list[Part](), 0
    for at in order:
        size += len(parts[at].text)
        if size > WHOLE or (worth[at] == 0 and worth[order[0]] > 0):
            break
        kept.append(parts[at])
    return kept


def split(name: str, page: int, text: str) -> Iterator[Part]:
    """Parts of about `PART` characters that end where a line or a sentence does."""
    start = 0
    while start < len(text):
        end = min(start + PART, len(text))
        if end < len(text):
            cuts = [found.end() for found in ENDS.finditer(text, start + PART // 2, end)]
            end = cuts[-1] if cuts else end
        if text[start:end].strip():
            yield Part(name, page, start, text[start:end])
        start = end


def _worth(parts: list[Part], question: str) -> list[float]:
    """The weight of the question's words in each part: a word that fewer parts have weighs more."""
    wanted = _words(question)
    found = [_words(part.text) & wanted for part in parts]
    held = Counter(word for words in found for word in words)
    return [sum(log(1 + len(parts) / held[word]) for word in sorted(words)) for words in found]


def _words(text: str) -> set[str]:
    """Words, and of Chinese each pair of characters."""
    single = WORD.findall(text.casefold())
    pairs = {a + b for a, b in pairwise(single) if a >= "\u3400" and b >= "\u3400"}
    return pairs | {word for word in single if word < "\u3400"}
