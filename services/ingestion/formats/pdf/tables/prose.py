"""Joins again what is no table's: wide spaces of prose, and the marks of lists."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.ingestion.formats.pdf.tables.rows import Piece, joined

Line = list[Piece]
WIDE = 1.5  # of the type's height: a gap of prose, at most
BESIDE = 2.0  # of the type's height between a line and its neighbour
MARK = re.compile(
    r"([^\w\s]{1,3}|[þ¨o])$|\(?(\d{1,3}(\.\d{1,2})*|[ivxlc]{1,5}|[A-Za-z])[.)]?$|"
    r"(item|note|section|article|exhibit|part|annex)s? [\divx]{1,4}[a-z]?\b.{0,3}$|"
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、.]$",
    re.I,
)
MARK_GAP = 8.0  # of the type's height between a mark and its words


def mended(lines: Sequence[Line]) -> list[Line]:
    """The lines without gaps that lines above and below go across."""
    return [_listed(_mended(lines, n)) if len(line) > 1 else line for n, line in enumerate(lines)]


def _mended(lines: Sequence[Line], n: int) -> Line:
    line, size = lines[n], lines[n][0].size
    beside = [
        lines[k] for k in (n - 1, n + 1) if 0 <= k < len(lines) and abs(lines[k][0].y - line[0].y) < BESIDE * size
    ]
    found = line[:1]
    for piece in line[1:]:
        start, end = found[-1].x1, piece.x0
        if end - start < WIDE * size and not (found[-1].figure and piece.figure) and _crossed(beside, start, end):
            found[-1] = joined(found[-1], piece)
        else:
            found.append(piece)
    return found


def _crossed(beside: Sequence[Line], start: float, end: float) -> bool:
    """Whether a neighbour goes across a gap, and none has one there too."""
    if any(a < end and start < b for line in beside for a, b in _gaps(line)):
        return False
    return any(piece.x0 < start - 1 and piece.x1 > end + 1 for line in beside for piece in line)


def _gaps(line: Line) -> Iterator[tuple[float, float]]:
    return ((a.x1, b.x0) for a, b in pairwise(line))


def _listed(line: Line) -> Line:
    """A list's mark with its words."""
    if len(line) != 2 or line[1].figure or not MARK.match(line[0].text):
        return line
    return [joined(*line)] if line[1].x0 - line[0].x1 < MARK_GAP * line[0].size else line


def listed(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table is a list: marks on the left and words beside them."""
    return len(rows[0]) == 2 and all(not row[0] or MARK.match(row[0]) for row in rows)
