"""The columns of a table without lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.ingestion.formats.pdf.tables.rows import VALUE, Piece

FLUSH, DRIFT = 0.55, 1.3  # of the type's height: right edges of figures in one column, one by one and in all
OVERLAP = 0.3  # of the narrower column, where two alignments are one column
RARE, CLOSE, TIGHT = 0.34, 2.5, 0.5  # a column beside a larger one that it belongs to; gaps of the type's height
NEXT = 0.4  # of the type's height between names that stand close
SPANNED = 0.25  # of the narrower of a piece and a column that it spans
ALONE = 3.0  # of the type's height: a name alone in its line that is no further from the middle is over all
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
            met = [k for k, one in enumerate(found) if _shared(piece, one) > 0]
            if met and piece.figure:
                met = [max(met, key=lambda k: _shared(piece, found[k]))]
            if len(met) == 1:
                own[met[0]][n] = piece
    return own


def _names(a: Sequence[Piece], b: Sequence[Piece]) -> bool:
    """Whether the one has values alone and the other words and years: names that are set beside their column."""
    kinds = [{piece.figure and not YEAR.match(piece.text) for piece in pieces} for pieces in (a, b)]
    if kinds not in ([{True}, {False}], [{False}, {True}]):
        return False
    return min(piece.x0 for piece in b) - max(piece.x1 for piece in a) < NAMED * a[0].size


def held(piece: Piece, found: Sequence[Column], spans: bool) -> list[tuple[int, str]]:
    """The columns that a piece stands in, with its text; one only, unless it may span several or is several figures."""
    met = [k for k, one in enumerate(found) if _shared(piece, one) > -0.5]
    if not met:
        met = [min(range(len(found)), key=lambda k: abs(found[k].x0 - piece.x0))]
    if len(met) > 1 and piece.figure:
        met = [min(met, key=lambda k: abs(found[k].x1 - piece.right))]
    if len(met) > 1 and all(VALUE.match(word.text) for word in piece.words):
        return [(min(met, key=lambda k: abs(found[k].x1 - word.x1)), word.text) for word in piece.words]
    if spans and len(met) > 1 and (apart := _apart(piece, found)):
        return apart
    width = piece.right - piece.left
    wide = [k for k in met if _shared(piece, found[k]) >= SPANNED * min(width, found[k].x1 - found[k].x0)] or met
    return [(k, piece.text) for k in (wide if spans else wide[:1])]


def _apart(piece: Piece, found: Sequence[Column]) -> list[tuple[int, str]]:
    """Names that stand close, each over its column; none where one name spans several."""
    groups = [[piece.words[0]]]
    for last, word in pairwise(piece.words):
        groups.append([word]) if word.x0 - last.x1 > NEXT * piece.size else groups[-1].append(word)
    met = [[k for k, one in enumerate(found) if g[0].x0 < one.x1 and one.x0 < g[-1].x1] for g in groups]
    if len(groups) < 2 or any(len(one) != 1 for one in met) or len({one[0] for one in met}) < len(met):
        return []
    return [(one[0], " ".join(word.text for word in group)) for one, group in zip(met, groups, strict=True)]


def _shared(piece: Piece, one: Column) -> float:
    return min(piece.right, one.x1) - max(piece.left, one.x0)


def centred(
    piece: Piece, places: list[tuple[int, str]], found: Sequence[Column], others: set[int]
) -> list[tuple[int, str]]:
    """The columns in whose middle a name stands: those that it is over, and free ones beside them."""
    middle, first, last = (piece.x0 + piece.x1) / 2, places[0][0], places[-1][0]
    if last - first >= len(places):
        return places

    def off(a: int, b: int) -> float:
        return abs(middle - (found[a].x0 + found[b].x1) / 2)

    if not others and off(1, len(found) - 1) < ALONE * piece.size:
        first, last = 1, len(found) - 1
    while off(first, last) > piece.size:
        wider = [(a, b) for a, b in ((first - 1, last), (first, last + 1)) if a > 0 and b < len(found)]
        free = [(off(a, b), a, b) for a, b in wider if a not in others and b not in others]
        if not free or min(free)[0] >= off(first, last):
            break
        _, first, last = min(free)
    return [(k, piece.text) for k in range(first, last + 1)]
