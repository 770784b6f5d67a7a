"""Parses citation markers: `[1]`, `[1][2]`, `[1, 2]`, `[1-3]`, `【1】`."""

import re
import unicodedata

NAMED = r"\^?(?:(?:passages?|sources?|资料|来源|段落|片段)\s*)?"
SEPARATED = r"\d{1,3}(?:\s*(?:[,、;&和-]|–|and)\s*\d{1,3})*"
MARK = re.compile(rf"\s*{NAMED}({SEPARATED})\s*(?:†.*)?", re.IGNORECASE)
CITED = re.compile(r"\[(\d{1,3})\]")


def marks_of(label: str) -> tuple[int, ...] | None:
    """The numbers between brackets, or None when they hold something else."""
    match = MARK.fullmatch(unicodedata.normalize("NFKC", label))
    return tuple(number for part in re.split(r"[^\d–-]+", match[1]) for number in _range(part)) if match else None


def cited(answer: str) -> list[int]:
    """The passages that a cleaned answer marks, in the order of their first mark."""
    return list(dict.fromkeys(int(number) for number in CITED.findall(answer)))


def _range(part: str) -> list[int]:
    ends = [int(number) for number in re.findall(r"\d+", part)]
    return list(range(ends[0], ends[-1] + 1)) if len(ends) == 2 and 0 < ends[1] - ends[0] < 20 else ends
