"""Labels beside the lines of a table, and names above them."""

from collections.abc import Sequence

from services.ingestion.formats.pdf.tables.rows import Piece
from services.ingestion.formats.pdf.tables.ruled.lattice import Lattice, place
from services.ingestion.formats.pdf.tables.unruled.columns import YEAR

Line = list[Piece]
SHARE, LONG = 0.6, 45  # of the lines within, at least, that have a label; letters of a label, at most
ABOVE, STACKED = 2.2, 5  # of the type's height between lines of names; such lines, at most


def framed(lattice: Lattice, lines: Sequence[Line]) -> Lattice:
    """The same cells with a column for labels on their left, and rows for names above their figures."""
    inside = [line for line in lines if any(map(lattice.holds, line))]
    return _named(_labelled(lattice, inside), lines, inside)


def _labelled(lattice: Lattice, inside: Sequence[Line]) -> Lattice:
    left = [[piece for piece in line if piece.x1 < lattice.xs[0] + 3] for line in inside]
    labels = [beside[0] for beside in left if len(beside) == 1 and len(beside[0].text) <= LONG]
    if not labels or len(labels) < SHARE * len(inside) or len(labels) < sum(map(bool, left)):
        return lattice
    root = {(r, c + 1): (first, column + 1) for (r, c), (first, column) in lattice.root.items()}
    root |= {(r, 0): (r, 0) for r in range(len(lattice.ys) - 1)}
    return Lattice([min(label.x0 for label in labels) - 1, *lattice.xs], lattice.ys, root)


def _named(lattice: Lattice, lines: Sequence[Line], inside: Sequence[Line]) -> Lattice:
    if not inside or not any(piece.figure and not YEAR.match(piece.text) for piece in inside[0]):
        return lattice
    ys, root, low = [*lattice.ys], dict(lattice.root), inside[0][0].y
    for line in reversed(lines[: lines.index(inside[0])][-STACKED:]):
        if line[0].y - low > ABOVE * line[0].size or not all(_name(piece, lattice) for piece in line):
            break
        low = line[0].y
        root |= {(len(ys) - 1, c): (len(ys) - 1, c) for c in range(len(lattice.xs) - 1)}
        ys.append(max(ys[-1] + 0.1, low + 0.8 * line[0].size))
    return Lattice(lattice.xs, ys, root)


def _name(piece: Piece, lattice: Lattice) -> bool:
    """Whether it stands above one column."""
    within = lattice.xs[0] - 3 < piece.x0 and piece.x1 < lattice.xs[-1] + 3
    one = place(lattice.xs, piece.x0 + 1) == place(lattice.xs, piece.x1 - 1)
    return within and one and (not piece.figure or bool(YEAR.match(piece.text)))
