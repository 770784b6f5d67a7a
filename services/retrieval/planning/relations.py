"""Queries for figures that are computed: the lines of the statements that they come from, from relations.txt."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.retrieval.text.tokenizer import HAN, folded

FILE = Path(__file__).with_suffix(".txt")
# What a question names itself: words with a capital that do not begin it, possessives, and years.
NAME = re.compile(r"(?<=[a-z,;:'’)\s] )[A-Z][\w&.-]+|\b[A-Z][\w&-]+(?=['’]s\b)|(?<!\d)(?:19|20)\d\d(?!\d)|\bFY\d\d\b")
STATEMENT = {"income statement": "statements of income operations earnings", "balance sheet": "balance sheets"}
MOST = 2  # queries of a question


class Relation(NamedTuple):
    """A figure by its names, and for each statement the lines that it needs."""

    names: re.Pattern[str]
    lines: tuple[str, ...]


def computed(question: str) -> tuple[str, ...]:
    """A query for each statement that a figure of the question is computed from; none when it names no such figure."""
    line = folded(question)
    found = [(match.end() - match.start(), one) for one in _relations() if (match := one.names.search(line))]
    if not found:
        return ()
    named = " ".join(dict.fromkeys(NAME.findall(question)))
    _, best = max(found, key=lambda pair: pair[0])
    return tuple(f"{named} consolidated {lines}".strip() for lines in best.lines[:MOST])


@cache
def _relations() -> tuple[Relation, ...]:
    told = (line for line in FILE.read_text(encoding="utf-8").splitlines() if "=>" in line)
    return tuple(_relation(*line.split("=>")) for line in told)


def _relation(names: str, parts: str) -> Relation:
    words = [folded(name.strip()) for name in names.split("|")]
    said = "|".join(re.escape(word) if re.match(HAN, word) else rf"\b{re.escape(word)}s?\b" for word in words)
    statements = (part.strip().split(":", 1) for part in parts.split(";"))
    return Relation(
        re.compile(said),
        tuple(f"{STATEMENT.get(name, name)} {' '.join(lines.replace(',', ' ').split())}" for name, lines in statements),
    )
