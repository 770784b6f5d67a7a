"""Drops passages that add nothing to a better one."""

import re
import unicodedata
from collections import Counter
from typing import NamedTuple, Self

SHINGLE = 8  # characters that are compared at a time
NEW, MOST = 0.05, 40  # the share, and the number, of a copy's shingles that the better passage may lack
# What changes the meaning though hardly the text: figures in both scripts, and refusals.
TELLING = re.compile(
    r"\d+(?:[.,]\d+)*|[零一二三四五六七八九十百千万亿两半]+|[不未无非禁没]|\b(?:not?|never|without|except|un\w+)\b"
)


class ComparedPassage(NamedTuple):
    """A passage as it is compared; `asked` are the question's terms in it, in its title and heading too."""

    shingles: frozenset[str]
    telling: Counter[str]
    asked: frozenset[int]

    @classmethod
    def of(cls, text: str, asked: frozenset[int]) -> Self:
        plain = unicodedata.normalize("NFKC", text).casefold()
        close = re.sub(r"[\W_]+", "", plain)
        found = frozenset(close[at : at + SHINGLE] for at in range(max(1, len(close) - SHINGLE + 1)))
        return cls(found, Counter(TELLING.findall(plain)), asked)

    def within(self, better: Self) -> bool:
        """Whether the better passage has said it all."""
        if not self.asked <= better.asked or not self.telling <= better.telling:
            return False
        return len(self.shingles - better.shingles) <= min(NEW * len(self.shingles), MOST)
