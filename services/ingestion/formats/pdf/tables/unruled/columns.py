"""The columns of a table without lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.ingestion.formats.pdf.tables.rows import Piece

FLUSH, DRIFT = 0.55, 1.3  # of the type's height: right edges of figures in one column, one by one and in all
OVERLAP = 0.3  # of the narrower column, where two alignments are one column
RARE, CLOSE, TIGHT = 0.34, 2.5, 0.5  # a column beside a larger one that it belongs to; gaps of the type's height
NAMED = 8.0  # of the type's height between values and their name


YEAR = re.compile(r"(19|20)\d\d$")
MOST = 60  # columns of a table


@dataclass(slots=True)
class Column:
    x0: float
    x1: float
    count: int

    def widen(self, x0: float, x1: float) -> None:
        self.x0, self.x1, self.count = min(self.x0, x0), max(self.x1, x1), self.count + 1


def columns(rows: Sequence[Sequence[Piece]]) -> list[Column]:
    """From the left. Figures tell them first; then text, narrow pieces first: what meets two columns is a span."""
    rows = [row for row in rows if len(row) > 1]
    pieces = [piece for row in rows for piece in row]
    found = _of_figures([piece for piece in pieces if piece.figure])
    if len(found) > MOST:
        return []
    _one_alignment(found, rows)
    for piece in sorted((piece for piece in pieces if not piece.figure), key=lambda piece: piece.x1 - piece.x0):
        met = [one for one in found if piece.x0 < one.x1 + 0.5 and one.x0 < piece.x1 + 0.5]
        if not met and len(found) > MOST:
            return []
        if not met:
            found.append(Column(piece.x0, piece.x1, 1))
        elif len(met) == 1:
            met[0].widen(piece.x0, piece.x1)
    found.sort(key=lambda one: one.x0)
    _one_column(found, rows)
    return found


def _of_figures(pieces: Sequence[Piece]) -> list[Column]:
    found, first, last = list[Column](), 0.0, 0.0
    for piece in sorted(pieces, key=lambda piece: piece.right):
        if found and piece.right - last < FLUSH * piece.size and piece.right - first < DRIFT * piece.size:
            found[-1].widen(piece.left, piece.right)
        else:
            found.append(Column(piece.left, piece.right, 1))
            first = piece.right
        last = piece.right
    return found


def _one_alignment(found: list[Column], rows: Sequence[Sequence[Piece]]) -> None:
    """Join what is one column set flush left or in the middle: no line has a figure in both."""
    k = 0
    while k + 1 < len(found):
        a, b = found[k], found[k + 1]
        over = min(a.x1, b.x1) - max(a.x0, b.x0)
        if over > OVERLAP * min(a.x1 - a.x0, b.x1 - b.x0) and not any(_two(row, a, b) for row in rows):
            found[k : k + 2] = [Column(min(a.x0, b.x0), b.x1, a.count + b.count)]
        else:
            k += 1


def _two(row: Sequence[Piece], a: Column, b: Column) -> bool:
    within = (
        a.x0 - 1 <= piece.right <= b.x1 + 1 and piece.left >= min(a.x0, b.x0) - 1 for piece in row if piece.figure
    )
    return sum(within) > 1


def _one_column(found: list[Column], rows: Sequence[Sequence[Piece]]) -> None:
    """Join neighbours that no line fills both of, where one is rare, they all but touch, or one holds their names."""
    own, size, k = _own(found, rows), rows[0][0].size if rows else 0.0, 0
    while k + 1 < len(found):
        a, b, gap = own[k], own[k + 1], found[k + 1].x0 - found[k].x1
        rare = min(len(a), len(b)) <= RARE * max(len(a), len(b), 1) and gap < CLOSE * size
        close = (rare or gap < TIGHT * size) and (k or len(a) > len(b))
        if not a.keys() & b.keys() and (close or (k and _names([*a.values()], [*b.values()]))):
            found[k : k + 2] = [Column(found[k].x0, found[k + 1].x1, len(a) + len(b))]
            own[k : k + 2] = [a | b]
        else:
            k += 1


def _own(found: list[Column], rows: Sequence[Sequence[Piece]]) -> list[dict[int, Piece]]:
    """For each column the pieces that stand in it alone, by their lines."""
    own: list[dict[int, Piece]] = [{} for _ in found]
    for n, row in enumerate(rows):
        for piece in row:
            met = [k for k, one in enumerate(found) if shared(piece, one) > 0]
            if met and piece.figure:
                met = [max(met, key=lambda k: shared(piece, found[k]))]
            if len(met) == 1:
                own[met[0]][n] = piece
    return own


def _names(a: Sequence[Piece], b: Sequence[Piece]) -> bool:
    """Whether the one has values alone and the other words and years: names that are set beside their column."""
    kinds = [{piece.figure and not YEAR.match(piece.text) for piece in pieces} for pieces in (a, b)]
    if kinds not in ([{True}, {False}], [{False}, {True}]):
        return False
    return min(piece.x0 for piece in b) - max(piece.x1 for piece in a) < NAMED * a[0].size


def shared(piece: Piece, one: Column) -> float:
    return min(piece.right, one.x1) - max(piece.left, one.x0)
