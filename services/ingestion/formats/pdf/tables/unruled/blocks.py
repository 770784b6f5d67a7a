"""Tables without lines: neighbouring lines of several pieces."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from services.ingestion.formats.pdf.tables.rows import FIGURE, Piece
from services.ingestion.formats.pdf.tables.unruled.columns import YEAR, Column, columns
from services.ingestion.formats.pdf.tables.unruled.narrow import separate
from services.ingestion.formats.pdf.tables.unruled.standing import centred, held

Line = list[Piece]
FAR, SINGLE = 4.2, 3  # of the type's height between lines; lines of one piece between those of a table, at most
ABOVE = 2.0  # of the type's height from a table to what is said over its columns
WRAPPED = 1.45  # of the type's height: a label's next line
FIGURES = 0.25  # of the pieces, at least, in a table of two columns or two lines
PROSE = 60  # letters of a line that goes over several columns, at least
COVERED = 0.8  # of the width of a table by a line of prose in two columns
NAMES = 8  # lines at the top in which words over several columns name each of them
LISTED, FLUSH = 5, 0.7  # lines of a table of two columns of words, at least, and how many of them begin alike
GOES_ON, LETTERED = re.compile(r"[a-z(][^\d]"), re.compile(r"\(.{1,3}$")  # next lines of a cell; `(a)` begins one


def blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines with several pieces, and few of one piece between them."""
    run, single = list[Line](), 0
    for line in lines:
        far = bool(run) and run[-1][0].y - line[0].y > FAR * line[0].size
        if len(line) > 1 and not far:
            run.append(line)
            single = 0
        elif run and not far and single < SINGLE:
            run.append(line)
            single += 1
        else:
            yield run[: len(run) - single]
            run, single = [line] if len(line) > 1 else [], 0
    yield run[: len(run) - single]


def runs(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[Column]]]:
    """The blocks, parted by lines of prose and by new names of columns, with what is said above their columns."""
    places = {id(line): n for n, line in enumerate(lines)}
    for block in filter(None, blocks(lines)):
        found = columns(block)
        if separate(block, found):
            found = columns(block)
        for run in _parted(block, found):
            own = found if len(run) == len(block) else columns(run)
            yield _headed(run, lines[: places[id(run[0])]], own), own


def _parted(block: list[Line], found: Sequence[Column]) -> Iterator[list[Line]]:
    part, parts, begun = list[Line](), list[list[Line]](), False
    for line, following in zip(block, [*block[1:], []], strict=True):
        named = begun and _names(line) and _names(following)
        if named or _prose(line, found):
            parts.append(part)
            part, begun = [], False
        if named or not _prose(line, found):
            part.append(line)
            begun = begun or sum(piece.figure and not YEAR.match(piece.text) for piece in line) > 1
    return (run for one in [*parts, part] for run in blocks(one) if run)


def _names(line: Line) -> bool:
    """Whether it names columns: several pieces and no figures but years."""
    return len(line) > 1 and not any(piece.figure and not YEAR.match(piece.text) for piece in line)


def _headed(run: list[Line], above: Sequence[Line], found: Sequence[Column]) -> list[Line]:
    """With lines of one piece right above that stand over the columns of figures, not over the whole table."""
    while above and len(found) > 1 and len(above[-1]) == 1:
        piece, below = above[-1][0], run[0][0]
        over = found[0].x1 < piece.x0 and piece.x1 < found[-1].x1 + piece.size and len(piece.text) < PROSE
        middle = (piece.x0 + piece.x1 - found[-1].x1) / 2
        titled = abs(middle - found[0].x0 / 2) < abs(middle - found[1].x0 / 2) and len(found) > 2
        if not over or titled or not 0 < piece.y - below.y < ABOVE * below.size:
            break
        run, above = [above[-1], *run], above[:-1]
    return run


def _prose(line: Line, found: Sequence[Column]) -> bool:
    """Whether its pieces go over several columns: one long one, or those of two columns of prose."""
    if 2 * sum(piece.figure for piece in line) > len(line) or sum(len(piece.text) for piece in line) < PROSE:
        return False
    if not all(len(_met(piece, found)) > 1 for piece in line):
        return False
    return len(line) == 1 or sum(p.x1 - p.x0 for p in line) > COVERED * (found[-1].x1 - found[0].x0)


def _met(piece: Piece, found: Sequence[Column]) -> list[Column]:
    return [one for one in found if piece.x0 < one.x1 and one.x0 < piece.x1]


def read(run: Sequence[Line], found: list[Column]) -> list[list[str]]:
    """The rows of a run with these columns; none where it is no table."""
    several = [line for line in run if len(line) > 1]
    if len(several) < 2:
        return []
    figures = sum(piece.figure for line in several for piece in line)
    few = figures < FIGURES * sum(map(len, several))
    if len(found) < 2 or (few and len(several) < 3):
        return []
    if few and len(found) == 2 and not (len(several) >= LISTED and _flush(several)):
        return []
    return _rows(run, found)


def _flush(several: Sequence[Line]) -> bool:
    """Whether what stands in two columns is set flush left in both."""
    sides = zip(*[(line[0].x0, line[1].x0) for line in several if len(line) == 2], strict=True)
    flush = [Counter(round(x0 / 2) for x0 in side).most_common(1)[0][1] for side in sides]
    return bool(flush) and min(flush) > FLUSH * len(several)


def _rows(run: Sequence[Line], found: list[Column]) -> list[list[str]]:
    rows, begun, last = list[list[str]](), False, 0.0
    names = NAMES if any(piece.figure for line in run for piece in line) else 1
    for line in run:
        row = _row(line, found, not begun and len(rows) < names)
        low = bool(rows) and last - line[0].y < WRAPPED * line[0].size
        last = line[0].y
        values = _values(row)
        if rows and begun and low and _wrapped(row, rows[-1]):
            rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], row, strict=True)]
            continue
        if rows and low and values and _label(rows[-1]) and re.match("[a-z]", row[0]):
            row[0] = rows.pop()[0] + " " + row[0]
        rows.append(row)
        begun = begun or values
    return rows


def _row(line: Line, found: list[Column], names: bool) -> list[str]:
    row, stands = [""] * len(found), list[list[tuple[int, str]]]()
    for piece in line:
        stands.append(held(piece, found, names and not (piece.x0 < found[0].x1 and len(line) == 1)))
    for piece, places in zip(line, stands, strict=True):
        others = {k for one in stands if one is not places for k, _ in one}
        named = names and places[0][0] and (not piece.figure or YEAR.match(piece.text))
        for k, text in centred(piece, places, found, others) if named else places:
            row[k] = f"{row[k]} {text}".strip()
    return row


def _values(row: Sequence[str]) -> bool:
    """Whether it has figures that are no years."""
    return any(FIGURE.match(cell) and not YEAR.match(cell) for cell in row[1:])


def _label(row: Sequence[str]) -> bool:
    return bool(row[0]) and not any(row[1:])


def _wrapped(row: Sequence[str], above: Sequence[str]) -> bool:
    """Whether its cells are the next lines of those above."""
    cells = [(cell, over) for cell, over in zip(row, above, strict=True) if cell]
    return all(over and GOES_ON.match(cell) and not LETTERED.match(cell) for cell, over in cells)
