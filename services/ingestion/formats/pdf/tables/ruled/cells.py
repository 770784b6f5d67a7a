"""Tables between ruled lines."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.ingestion.formats.pdf.tables.rows import FIGURE, Piece
from services.ingestion.formats.pdf.tables.ruled.lattice import Lattice, Place, place

SAME = 3  # lines, at least, that all cells of a row have
HEAD = 3  # rows in which a cell over several columns names each of them


@dataclass(slots=True)
class Part:
    """Words of a line within one cell."""

    row: int
    column: int
    y: float
    x0: float
    x1: float
    text: str


@dataclass(slots=True)
class Filled:
    """A cell with its words, and its last row and column."""

    parts: list[Part]
    bottom: int
    right: int


def read(lattice: Lattice, inside: Sequence[Piece]) -> list[list[str]]:
    """Its rows from the top; none where it is no table, or a frame around one that has no lines."""
    filled = _filled(lattice, inside)
    if 2 * sum(map(_beside, filled.values())) > len(inside):
        return []
    rows = [row for n in range(len(lattice.ys) - 1) for row in _rows(n, len(lattice.xs) - 1, filled) if any(row)]
    kept = [k for k in range(len(lattice.xs) - 1) if any(row[k] for row in rows)]
    return [[row[k] for k in kept] for row in rows] if len(rows) > 1 and len(kept) > 1 else []


def _beside(cell: Filled) -> int:
    """How many of a cell's parts stand beside others: words with wide gaps between them."""
    lines = Counter(round(part.y) for part in cell.parts)
    return sum(count for count in lines.values() if count > 1)


def _filled(lattice: Lattice, inside: Sequence[Piece]) -> dict[Place, Filled]:
    """Cells by their first row, from the top, and first column."""
    parts, members, last = defaultdict[Place, list[Part]](list), defaultdict[Place, list[Place]](list), len(lattice.ys)
    for cell, root in lattice.root.items():
        members[root].append((last - 2 - cell[0], cell[1]))
    for piece in inside:
        for root, part in _parts(lattice, piece):
            parts[root].append(part)
    found = dict[Place, Filled]()
    for root, held in parts.items():
        rows, columns = [r for r, _ in members[root]], [c for _, c in members[root]]
        top, bottom, left, right = min(rows), max(rows), min(columns), max(columns)
        alone = all(place(lattice.xs, part.x0 + 1) == place(lattice.xs, part.x1 - 1) for part in held)
        if right > left and alone and len({part.column for part in held}) > 1:
            # Figures under a common heading without lines between them.
            for part in held:
                found.setdefault((top, part.column), Filled([], top, part.column)).parts.append(part)
        else:
            found.setdefault((top, left), Filled([], bottom, right)).parts.extend(held)
    return found


def _parts(lattice: Lattice, piece: Piece) -> Iterator[tuple[Place, Part]]:
    """A piece cut where a line runs between two words."""
    row = place(lattice.ys, piece.y + 0.25 * piece.size)
    groups = list[tuple[int, list[int]]]()
    for n, word in enumerate(piece.words):
        column = place(lattice.xs, (word.x0 + word.x1) / 2)
        if groups and lattice.root[row, groups[-1][0]] == lattice.root[row, column]:
            groups[-1][1].append(n)
        else:
            groups.append((column, [n]))
    for column, numbers in groups:
        words = [piece.words[n] for n in numbers]
        text = piece.text if len(groups) == 1 else " ".join(word.text for word in words)
        yield lattice.root[row, column], Part(row, column, piece.y, words[0].x0, words[-1].x1, text)


def _rows(n: int, width: int, filled: dict[Place, Filled]) -> Iterator[list[str]]:
    here = {c: filled[n, c] for c in range(width) if (n, c) in filled}
    bases = _bases(here, n > 0)
    for base in bases or (None,):
        row = [""] * width
        for c, cell in here.items():
            parts = [part for part in cell.parts if base is None or abs(round(part.y) - base) < 1]
            text = " ".join(part.text for part in sorted(parts, key=lambda part: (-part.y, part.x0)))
            for k in range(c, (cell.right if n < HEAD else c) + 1):
                row[k] = row[k] or text
        yield row
    for c, cell in here.items():
        # What stands beside several rows is said in each.
        for r in range(n + 1, cell.bottom + 1 if not bases else 0):
            filled.setdefault((r, c), Filled(cell.parts, r, cell.right))


def _bases(here: dict[int, Filled], below: bool) -> list[int]:
    """The baselines of a row, `below` the first, that holds several rows without lines; none where it is one."""
    lines = {round(part.y) for cell in here.values() for part in cell.parts}
    figures = Counter(round(part.y) for cell in here.values() for part in cell.parts if FIGURE.match(part.text))
    several = sum(figures[y] >= min(2, len(here) - 1) for y in lines)
    same = (
        below and len(lines) >= SAME and all({round(part.y) for part in cell.parts} == lines for cell in here.values())
    )
    rows = len(lines) > 1 and several >= max(2, 0.6 * len(lines))
    return sorted(lines, reverse=True) if rows or (same and len(here) > 1) else []
