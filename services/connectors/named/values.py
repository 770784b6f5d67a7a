"""Values of a column in a question: which product, which machine."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.connectors.databases.rows import Cell
from services.connectors.named.texts import SEPARATORS, bare, folded

PLURAL = re.compile(r"(?<=[a-z]{3})s\b")
SHORTEST = 2  # characters of a value that may be looked for


class Known(NamedTuple):
    """A value, and one of the names it goes by."""

    value: str
    name: str


def known(rows: Iterable[Sequence[Cell]]) -> list[Known]:
    """Rows of a value and its other names, the longest names first: `DN80` never hides `DN800`."""
    found = {(singular(str(name)), str(row[0])) for row in rows for name in row if name is not None}
    kept = [Known(value, name) for name, value in found if len(name) >= SHORTEST]
    return sorted(kept, key=lambda one: (-len(one.name), one.name, one.value))


def value_in(text: str, names: Sequence[Known]) -> str | None:
    """The value whose name stands in the text; None when none does or two different ones are as long."""
    spaced = PLURAL.sub("", folded(text))
    line = bare(spaced)
    found = [one for one in names if one.name in line and re.search(_whole(one.name), spaced)]
    if not found:
        return None
    longest = {one.value for one in found if len(one.name) == len(found[0].name)}
    return longest.pop() if len(longest) == 1 else None


def singular(text: str) -> str:
    """The text as names are compared: `Process pumps` are a `process pump`."""
    return bare(PLURAL.sub("", folded(text)))


def _whole(name: str) -> str:
    """The name, its separators left out or not, never as a part of a longer number or Latin word."""
    before = r"(?<![a-z0-9])" if name[0].isascii() else ""
    after = r"(?!\d)" if name[-1].isdigit() else r"(?![a-z])" if name[-1].isascii() else ""
    return before + f"(?:{SEPARATORS.pattern})?".join(map(re.escape, name)) + after
