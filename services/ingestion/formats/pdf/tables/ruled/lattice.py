"""Ruled lines that cross and make the cells of a table."""

from bisect import bisect, bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.ingestion.formats.pdf.tables.rows import Piece
from services.ingestion.formats.pdf.tables.ruled.edges import Edge, Edges

TOUCH, ON = 2.0, 3.0  # points: lines that meet, lines at the same place
COVERED = 0.6  # of a cell's side, at least, where a line parts it from its neighbour
MOST = 4000  # cells
SIDES = 6  # lines, at least, of a table of two rows and columns
CELLS = 4  # at least: fewer are a frame
Place = tuple[int, int]


@dataclass(slots=True)
class Lattice:
    """Lines that cross: `xs` and `ys` are the bounds of columns and rows, rising; rows count from the bottom here.

    `root` gives for each of the smallest cells the one that stands for all between which there is no line.
    """

    xs: list[float]
    ys: list[float]
    root: dict[Place, Place]

    def holds(self, piece: Piece) -> bool:
        middle, height = (piece.x0 + piece.x1) / 2, piece.y + 0.25 * piece.size
        return self.xs[0] - 3 < middle < self.xs[-1] + 3 and self.ys[0] - 2 < height < self.ys[-1] + 2


def lattices(edges: Edges) -> Iterator[Lattice]:
    """Those that have cells enough for a table."""
    for across, down in _groups(edges.across, edges.down):
        xs, ys = near([edge.at for edge in down]), near([edge.at for edge in across])
        if len(xs) < 3 or len(ys) < 3 or len(xs) * len(ys) > MOST:
            continue
        root = _joined(xs, ys, across, down)
        if len(set(root.values())) >= CELLS:
            yield Lattice(xs, ys, root)


def _groups(across: Sequence[Edge], down: Sequence[Edge]) -> Iterator[tuple[list[Edge], list[Edge]]]:
    """Lines that meet each other, over others too."""
    down = sorted(down, key=lambda edge: edge.at)
    places, group = [edge.at for edge in down], list(range(len(across) + len(down)))

    def first(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    for n, edge in enumerate(across):
        for k in range(bisect_left(places, edge.start - TOUCH), bisect_right(places, edge.end + TOUCH)):
            if down[k].start - TOUCH <= edge.at <= down[k].end + TOUCH:
                group[first(n)] = first(len(across) + k)
    held = defaultdict[int, list[int]](list)
    for n in range(len(group)):
        held[first(n)].append(n)
    for members in held.values():
        if len(members) >= SIDES:
            lines = [n for n in members if n < len(across)]
            yield [across[n] for n in lines], [down[n - len(across)] for n in members[len(lines) :]]


def _joined(xs: list[float], ys: list[float], across: list[Edge], down: list[Edge]) -> dict[Place, Place]:
    parent = {(r, c): (r, c) for r in range(len(ys) - 1) for c in range(len(xs) - 1)}

    def root(cell: Place) -> Place:
        while parent[cell] != cell:
            parent[cell] = cell = parent[parent[cell]]
        return cell

    beside = [[edge for edge in down if abs(edge.at - x) < ON] for x in xs]
    above = [[edge for edge in across if abs(edge.at - y) < ON] for y in ys]
    for r, c in list(parent):
        if c + 2 < len(xs) and not _covers(beside[c + 1], ys[r], ys[r + 1]):
            parent[root((r, c + 1))] = root((r, c))
        if r + 2 < len(ys) and not _covers(above[r + 1], xs[c], xs[c + 1]):
            parent[root((r + 1, c))] = root((r, c))
    return {cell: root(cell) for cell in parent}


def _covers(edges: Sequence[Edge], low: float, high: float) -> bool:
    covered = sum(max(0.0, min(edge.end, high) - max(edge.start, low)) for edge in edges)
    return covered > COVERED * (high - low)


def near(values: Sequence[float], within: float = 2.5) -> list[float]:
    """Values that lie close together as their mean, in order."""
    groups = list[list[float]]()
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= within:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def place(bounds: Sequence[float], value: float) -> int:
    """Between which of rising bounds a value lies, from 0; the first or last gap for what lies outside."""
    return min(max(bisect(bounds, value) - 1, 0), len(bounds) - 2)
