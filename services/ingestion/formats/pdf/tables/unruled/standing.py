"""Which columns the pieces of a line stand in."""

from collections.abc import Sequence
from itertools import pairwise

from services.ingestion.formats.pdf.tables.rows import VALUE, Piece
from services.ingestion.formats.pdf.tables.unruled.columns import Column, shared

SPANNED = 0.25  # of the narrower of a piece and a column that it spans
NEXT = 0.4  # of the type's height between names that stand close
ALONE = 3.0  # of the type's height: a name alone in its line that is no further from the middle is over all


def held(piece: Piece, found: Sequence[Column], spans: bool) -> list[tuple[int, str]]:
    """The columns that a piece stands in, with its text; one only, unless it may span several or is several figures."""
    met = [k for k, one in enumerate(found) if shared(piece, one) > -0.5]
    if not met:
        met = [min(range(len(found)), key=lambda k: abs(found[k].x0 - piece.x0))]
    if len(met) > 1 and piece.figure:
        met = [min(met, key=lambda k: abs(found[k].x1 - piece.right))]
    if len(met) > 1 and all(VALUE.match(word.text) for word in piece.words):
        return [(min(met, key=lambda k: abs(found[k].x1 - word.x1)), word.text) for word in piece.words]
    if spans and len(met) > 1 and (apart := _apart(piece, found)):
        return apart
    width = piece.right - piece.left
    wide = [k for k in met if shared(piece, found[k]) >= SPANNED * min(width, found[k].x1 - found[k].x0)] or met
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
