"""Compares a table that was read with what the page shows: which cells stand in the right row and column."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

Grid = list[list[str]]
SPACE = re.compile(r"\s+|\^(?=\w)")
LEADER = re.compile(r"\.{3,}$")
DASHES = re.compile("[‐‑‒–—−]")


class Cell(NamedTuple):
    """A cell that is not empty: its first and last row and column, from 0."""

    text: str
    top: int
    left: int
    bottom: int
    right: int


def plain(text: str) -> str:
    """Text without spaces, leading dots and the marks of raised figures; one kind of dash."""
    return LEADER.sub("", DASHES.sub("-", SPACE.sub("", unicodedata.normalize("NFKC", text))))


def right(truth: Sequence[Cell], grid: Grid) -> int:
    """How many cells have their text in their row and column, under the best order-keeping match of both."""
    width = max(map(len, grid), default=0)
    rows = [[plain(cell) for cell in row] + [""] * (width - len(row)) for row in grid]
    wanted: dict[int, list[tuple[str, Cell]]] = {}
    for cell in truth:
        wanted.setdefault(cell.top, []).append((plain(cell.text), cell))
    height, across = max(cell.bottom for cell in truth) + 1, max(cell.right for cell in truth) + 1
    texts = [{text for text, _ in wanted.get(n, ())} for n in range(height)]
    found = [set(row) - {""} for row in rows]
    lines, columns = aligned(height, len(rows), lambda a, b: len(texts[a] & found[b])), dict[int, int]()
    for _ in range(2):
        columns = _columns(wanted, rows, lines, (across, width))
        lines = _lines(wanted, rows, columns, height)
    return sum(_count(wanted[n], rows[lines[n]], columns) for n in wanted if n in lines)


Wanted = dict[int, list[tuple[str, Cell]]]


def _columns(wanted: Wanted, rows: Grid, lines: dict[int, int], size: tuple[int, int]) -> dict[int, int]:
    """Columns by how many texts they share in rows that belong together."""
    hits = [[0] * size[1] for _ in range(size[0])]
    for n in wanted.keys() & lines.keys():
        for text, cell in wanted[n]:
            for k, value in enumerate(rows[lines[n]]):
                hits[cell.left][k] += value == text
    return aligned(*size, lambda a, b: hits[a][b])


def _lines(wanted: Wanted, rows: Grid, columns: dict[int, int], height: int) -> dict[int, int]:
    return aligned(height, len(rows), lambda a, b: _count(wanted.get(a, ()), rows[b], columns))


def _count(wanted: Sequence[tuple[str, Cell]], row: Sequence[str], columns: dict[int, int]) -> int:
    """A spanning cell may be told in any of its columns."""
    told = [{row[columns[k]] for k in range(c.left, c.right + 1) if k in columns} for _, c in wanted]
    return sum(text in texts for (text, _), texts in zip(wanted, told, strict=True))


def aligned(a: int, b: int, worth: Callable[[int, int], int]) -> dict[int, int]:
    """The order-keeping pairs of 0..a and 0..b that are worth most."""
    best = [[0] * (b + 1) for _ in range(a + 1)]
    values = [[worth(i, j) for j in range(b)] for i in range(a)]
    for i in range(a):
        for j in range(b):
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], best[i][j] + values[i][j])
    pairs, i, j = dict[int, int](), a, b
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs[i] = j
    return pairs


def cells(grid: Grid) -> list[Cell]:
    """The cells of a plain grid, none of them spanning."""
    return [Cell(text, r, c, r, c) for r, row in enumerate(grid) for c, text in enumerate(row) if text.strip()]
