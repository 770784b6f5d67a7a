"""Synonyms of business words, from synonyms.txt."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.retrieval.text.tokenizer import HAN, folded, stemmed, terms

FILE = Path(__file__).with_suffix(".txt")
LONGEST = 6  # words, or half the Chinese characters, of a phrase
WORD = re.compile(r"[^\W_]+(?:&[^\W_]+)*")


class Expansion(NamedTuple):
    """What a question is also looking for: terms of the text, names of its statements, statements of its lines."""

    also: frozenset[str]
    statements: frozenset[str]
    lines: frozenset[str]


class SynonymGroups(NamedTuple):
    """Which groups a phrase is in, and each group's terms."""

    places: dict[str, list[int]]
    terms: list[frozenset[str]]

    def of(self, phrases: set[str]) -> frozenset[str]:
        """The terms of all groups with one of these phrases."""
        return frozenset[str]().union(*(self.terms[n] for phrase in phrases for n in self.places.get(phrase, ())))


def meant(question: str) -> Expansion:
    """The other words for what a question says."""
    said = set(_phrases(folded(question)))
    words, statements, lines = _groups()
    named = statements.of(said)
    return Expansion(words.of(said) - named, named, lines.of(said) - named)


def _phrases(text: str) -> Iterator[str]:
    """Every run of words, and every piece of a run of Chinese, that a group could name."""
    words = [stemmed(word) for word in WORD.findall(re.sub("['’]s?(?![^\\W_])", "", re.sub(HAN, " ", text)))]
    for n in range(1, LONGEST + 1):
        yield from (" ".join(words[at : at + n]) for at in range(len(words) - n + 1))
    for run in re.findall(rf"{HAN}{{2,}}", text):
        yield from (run[at : at + n] for n in range(2, 2 * LONGEST + 1) for at in range(len(run) - n + 1))


@cache
def _groups() -> tuple[SynonymGroups, SynonymGroups, SynonymGroups]:
    """Of the same words; of statements by their names; of statements by their lines."""
    sections = dict(re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", FILE.read_text(encoding="utf-8"), re.M | re.S))
    told = {name: [line.split(" | ") for line in _lines(part)] for name, part in sections.items()}
    statements = told.pop("statements")
    lines = _grouped(told.pop("lines"), statements)
    return _grouped([group for part in told.values() for group in part]), _grouped(statements), lines


def _lines(part: str) -> list[str]:
    return [line.strip() for line in part.splitlines() if line.strip() and not line.startswith("#")]


def _grouped(groups: list[list[str]], meaning: list[list[str]] | None = None) -> SynonymGroups:
    places: dict[str, list[int]] = {}
    for n, group in enumerate(groups):
        for phrase in group:
            places.setdefault(_key(phrase), []).append(n)
    means = meaning or groups
    return SynonymGroups(
        places, [frozenset(term for phrase in means[n] for term in terms(phrase)) for n in range(len(groups))]
    )


def _key(phrase: str) -> str:
    phrase = folded(phrase)
    return phrase if re.match(HAN, phrase) else " ".join(map(stemmed, WORD.findall(phrase)))
