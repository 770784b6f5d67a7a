"""Pages set in two columns of prose."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from services.ingestion.formats.pdf.tables.rows import Piece

Line = list[Piece]
STEPS, BEST = 80, 12  # places that are tried, in the middle half; those that fewest lines cross
TOGETHER = 0.5  # of the lines of one side, at least, have words on the other in a table
LEAST, CROSSING = 8, 0.12  # pieces on each side; share of pieces that may lie over both
CONTINUED = 0.2  # of the lines of prose, at least, begin within a sentence
LONG = 35  # letters of a line of prose beside a table
PROSE, MOSTLY, ALSO = 25, 0.6, 0.25  # letters of a line of prose; shares of them on the one side and the other


def parts(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines in the order in which they are read: each column's together, parted by what goes over both."""
    at = _gutter(lines)
    if at is None:
        return [list(lines)]
    found, left, right = list[list[Line]](), list[Line](), list[Line]()
    for line in lines:
        if any(piece.x0 <= at <= piece.x1 for piece in line):
            found += [left, right, [line]]
            left, right = [], []
        else:
            for side, held in ((left, [p for p in line if p.x1 < at]), (right, [p for p in line if p.x0 > at])):
                if held:
                    side.append(held)
    return [part for part in [*found, left, right] if part]


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where between two columns, one of prose at least, few lines cross."""
    pieces = [piece for line in lines for piece in line]
    if sum(map(_prose, pieces)) < LEAST:
        return None
    low, high = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    tried = [low + (0.25 + 0.5 * n / STEPS) * (high - low) for n in range(STEPS)]
    begins, ends = sorted(piece.x0 for piece in pieces), sorted(piece.x1 for piece in pieces)
    crossing = [bisect_right(begins, at) - bisect_left(ends, at) for at in tried]
    for cross, at in sorted(zip(crossing, tried, strict=True))[:BEST]:
        if cross > CROSSING * len(pieces):
            return None
        if _parted(lines, at):
            return at
    return None


def _parted(lines: Sequence[Line], at: float) -> bool:
    """Whether there is prose on both sides, or on one with lines that do not go with the other's."""
    sides = [[p for line in lines for p in line if p.x1 < at], [p for line in lines for p in line if p.x0 > at]]
    if min(map(len, sides)) < LEAST:
        return False
    shares = [sum(map(_prose, side)) / len(side) for side in sides]
    if max(shares) <= MOSTLY:
        return False
    if min(shares) > ALSO:
        return all(map(_goes_on, sides))
    # Words on the left of figures are their labels.
    prose = sides[shares[1] > shares[0]]
    labels = prose is sides[0] and sum(p.figure for p in sides[1]) > TOGETHER * len(sides[1])
    left, right = ([any(p.x1 < at for p in line) for line in lines], [any(p.x0 > at for p in line) for line in lines])
    both = sum(a and b for a, b in zip(left, right, strict=True))
    long = sum(len(p.text) > LONG for p in prose) > MOSTLY * len(prose)
    return long and not labels and both < TOGETHER * min(sum(left), sum(right))


def _goes_on(side: Sequence[Piece]) -> bool:
    """Whether sentences go on from line to line: entries of a table begin with a capital."""
    begins = [piece.text[0] for piece in side if _prose(piece)]
    return sum(letter.islower() or letter > "\u2e80" for letter in begins) >= CONTINUED * len(begins)


def _prose(piece: Piece) -> bool:
    return len(piece.text) > PROSE and not piece.figure
