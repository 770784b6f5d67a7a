"""Two columns of prose whose lines were drawn in turn. The engine reads what stands side by side as one line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from services.ingestion.formats.invisible import clean
from services.ingestion.formats.pdf.headings import Line
from services.ingestion.formats.pdf.tables.markdown import whole
from services.ingestion.formats.pdf.tables.words import Placed, Word

Row = list[Word]
Gap = tuple[float, float]
SAMPLE, AGREED = 5, 3  # the longest lines of a page, and how many of them have a gap where one may be in columns
GAP, GUTTER = 0.9, 0.6  # of the type's height: a gap in a line, and what is free in all lines
LEAST = 5  # lines that have words in both columns
FILLED, BROAD = 0.8, 12.0  # of a column's width, and of the type's height: a line of prose
MOSTLY, SELDOM = 0.6, 0.2  # of the lines of a column
APART = 3.0  # of the type's height: lines of a column, and the first one of the next paragraph
INSIDE = 1.5  # of the type's height: a gap that is none between words of prose
FIGURES = 0.15  # of the letters of a column
LINES, GAPS = 500, 20  # of a page, and of a line: more are no columns of prose


class Run(NamedTuple):
    """Lines one below the other by their numbers, and the gaps that all of them have."""

    rows: dict[int, Row]
    gaps: list[Gap]


def parted(lines: list[Line], placed: Placed) -> list[Line]:
    """The lines of a page, those of the left column before those of the right one."""
    noted = placed.lines()
    longest = sorted(noted, key=lambda number: -len(noted[number]))[:SAMPLE]
    if placed.turns or sum(bool(_gaps(placed.of(number), GAP)) for number in longest) < AGREED:
        return lines
    moved = dict[int, list[Line]]()
    rows = {number: placed.of(number) for number in noted} if len(noted) <= LINES else {}
    for run in _runs(rows):
        if at := _gutter(run):
            moved |= _moved(run.rows, at, lines, placed)
    return (
        _numbered(line for number, line in enumerate(lines) for line in moved.get(number, [line])) if moved else lines
    )


def _runs(rows: dict[int, Row]) -> Iterator[Run]:
    run, above = Run({}, []), Row()
    for number, row in rows.items():
        gaps = _shared(run.gaps, row) if _below(row, above) else []
        if not gaps:
            yield run
            run, gaps = Run({}, []), _gaps(row, GAP)
        if gaps:
            run.rows[number] = row
        run, above = Run(run.rows, gaps), row
    yield run


def _below(row: Row, above: Row) -> bool:
    """Whether it stands below a line, no further than a paragraph's distance."""
    return bool(row and above) and 0 <= above[0].y - row[0].y <= APART * row[0].size


def _shared(gaps: Sequence[Gap], row: Row) -> list[Gap]:
    """What is left of the gaps between, before and behind the words of a line."""
    if not row:
        return []
    free = [(float("-inf"), row[0].x0), *_gaps(row, 0), (row[-1].x1, float("inf"))]
    both = [(max(a, c), min(b, d)) for a, b in gaps for c, d in free]
    return [(a, b) for a, b in both if b - a >= GUTTER * row[0].size]


def _gaps(row: Row, least: float) -> list[Gap]:
    return [(a.x1, b.x0) for a, b in pairwise(row) if b.x0 - a.x1 >= max(least * a.size, 0.01)][:GAPS]


def _gutter(run: Run) -> float:
    """Where prose stands on both sides; 0 when it does not."""
    for a, b in run.gaps:
        at = (a + b) / 2
        sides = [[side for row in run.rows.values() if (side := _side(row, at, left))] for left in (True, False)]
        both = sum(row[0].x0 < at < row[-1].x1 for row in run.rows.values())
        if both >= LEAST and all(map(_prose, sides)):
            return at
    return 0.0


def _side(row: Row, at: float, left: bool) -> Row:
    return [word for word in row if (word.x0 < at) is left]


def _prose(side: Sequence[Row]) -> bool:
    """Whether lines fill their column and sentences go on in the next one: a table's cells do not."""
    width = max(row[-1].x1 for row in side) - min(row[0].x0 for row in side)
    text = "".join(word.text for row in side for word in row)
    begins = [row[0].text[0] for row in side]
    return (
        _often(side, lambda row: row[-1].x1 - row[0].x0 > max(FILLED * width, BROAD * row[0].size)) >= MOSTLY
        and _often(side, lambda row: bool(_gaps(row, INSIDE))) < SELDOM
        and sum(map(str.isdigit, text)) < FIGURES * len(text)
        and sum(letter.islower() or letter > "\u2e80" for letter in begins) >= SELDOM * len(begins)
    )


def _often(side: Sequence[Row], true: Callable[[Row], bool]) -> float:
    return sum(map(true, side)) / len(side)


def _moved(rows: dict[int, Row], at: float, lines: Sequence[Line], placed: Placed) -> dict[int, list[Line]]:
    """All lines of a run in place of its first one."""
    found = list[Line]()
    for left in (True, False):
        for number, row in rows.items():
            if side := _side(row, at, left):
                size, boldness = placed.type_of(number, side[0].start)
                text = clean(whole(" ".join(word.text for word in side)))
                found.append(replace(lines[number], text=text, size=size, boldness=boldness))
    return {number: [] for number in rows} | {next(iter(rows)): found}


def _numbered(lines: Iterator[Line]) -> list[Line]:
    found, start = list[Line](), 0
    for line in lines:
        found.append(replace(line, start=start))
        start += len(line.text) + 1
    return found
