"""Columns of words that stand as close as words do."""

from collections import defaultdict
from collections.abc import Sequence

from services.ingestion.formats.pdf.tables.rows import Piece, part
from services.ingestion.formats.pdf.tables.unruled.columns import Column
from services.ingestion.formats.pdf.tables.words import Word

ROWS, SHARE, DISTINCT = 6, 0.9, 0.6  # lines, at least; shares of them that are cut there, and differ before it
GAP, SAME = 0.25, 0.2  # of the type's height: a gap between words, and places of words that are set flush left


def cuts(pieces: Sequence[Piece]) -> list[float]:
    """Where in a column nearly every line begins a word, after words that differ: a column of its own begins there."""
    if len(pieces) < ROWS:
        return []
    begins = defaultdict[int, list[tuple[float, str]]](list)
    size = pieces[0].size
    for piece in pieces:
        for n in range(1, len(piece.words)):
            word, last = piece.words[n], piece.words[n - 1]
            if word.x0 - last.x1 > GAP * size:
                before = " ".join(one.text for one in piece.words[:n])
                begins[round(word.x0 / (SAME * size))].append((word.x0, before))
    found = [min(x0 for x0, _ in held) for held in begins.values() if _flush(held, len(pieces))]
    return sorted(found)


def _flush(held: Sequence[tuple[float, str]], count: int) -> bool:
    return len(held) >= SHARE * count and len({before for _, before in held}) >= DISTINCT * len(held)


def separate(lines: Sequence[list[Piece]], found: Sequence[Column]) -> bool:
    """Cut the pieces of lines where columns of words begin; whether there was one."""
    several, changed = [line for line in lines if len(line) > 1], False
    for one in found:
        own = [p for line in several for p in line if not p.figure and one.x0 < p.x0 + 0.5 and p.x1 < one.x1 + 0.5]
        if at := cuts(own):
            held, changed = set(map(id, own)), True
            for line in several:
                line[:] = [cut for piece in line for cut in (_divided(piece, at) if id(piece) in held else [piece])]
    return changed


def _divided(piece: Piece, at: Sequence[float]) -> list[Piece]:
    parts: list[list[Word]] = [[] for _ in range(len(at) + 1)]
    for word in piece.words:
        parts[sum(word.x0 > x - 1 for x in at)].append(word)
    return [part(piece, words) for words in parts if words]
