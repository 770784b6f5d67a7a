"""The tables of a page."""

from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2

from services.ingestion.formats.pdf.tables.prose import listed, mended
from services.ingestion.formats.pdf.tables.rows import Piece, pieces, rows
from services.ingestion.formats.pdf.tables.ruled import cells, lattice
from services.ingestion.formats.pdf.tables.ruled.edges import Edges
from services.ingestion.formats.pdf.tables.ruled.frame import framed
from services.ingestion.formats.pdf.tables.unruled import blocks
from services.ingestion.formats.pdf.tables.unruled.gutter import parts
from services.ingestion.formats.pdf.tables.words import Word


@dataclass(slots=True)
class Found:
    """A table's rows, all of the same length, and the words that they hold."""

    rows: list[list[str]]
    words: list[Word]


def tables(page: pypdfium2.PdfPage, words: Sequence[Word], turns: int) -> list[Found]:
    """The tables that these words of a page stand in; ruled ones first."""
    lines = mended([pieces(row) for row in rows(words)])
    if sum(len(line) > 1 for line in lines) < 2:
        return []
    found, taken = list[Found](), set[int]()
    for bare in lattice.lattices(Edges(page, turns)):
        frame = framed(bare, lines)
        inside = [piece for line in lines for piece in line if id(piece) not in taken and frame.holds(piece)]
        if (table := cells.read(frame, inside)) and not listed(table):
            found.append(Found(table, _words(inside)))
            taken.update(map(id, inside))
    rest = [left for line in lines if (left := [piece for piece in line if id(piece) not in taken])]
    for part in parts(rest):
        for run, columns in blocks.runs(part):
            if (table := blocks.read(run, columns)) and not listed(table):
                found.append(Found(table, _words([piece for line in run for piece in line])))
    return found


def _words(found: Sequence[Piece]) -> list[Word]:
    return [word for piece in found for word in piece.words]
