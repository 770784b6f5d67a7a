"""A table as lines of Markdown: one line that names the columns, then its rows."""

from collections.abc import Sequence
from itertools import pairwise

from services.ingestion.formats.pdf.tables.rows import FIGURE
from services.ingestion.formats.pdf.tables.unruled.columns import YEAR
from services.ingestion.formats.pdf.typography import rejoined

Row = Sequence[str]
STACKED = 8  # lines of names above each other, at most


def markdown(rows: Sequence[Row]) -> list[str]:
    """Titles above the table are lines of text; names that stand above each other are joined for each column."""
    titles = _titles(rows)
    told = [whole(next(filter(None, row))) for row in rows[:titles]]
    rows = [[whole(cell).replace("|", "\\|") for cell in row] for row in rows[titles:]]
    height = _height(rows)
    names = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*rows[:height], strict=True)]
    return [*told, "", _line(names), "|" + " --- |" * len(names), *map(_line, rows[height:]), ""]


def _line(row: Row) -> str:
    return f"| {' | '.join(row)} |"


def whole(text: str) -> str:
    """Words as they were before they were broken over lines."""
    text = text.replace("\x02 ", "\x02").replace("\ufffe ", "\ufffe")
    if text[-1:] in ("\x02", "\ufffe"):
        text = text[:-1] + "-"
    return rejoined(text)


def _titles(rows: Sequence[Row]) -> int:
    """How many rows above the others say one thing, and not over the columns of figures alone."""
    single = (bool(row[0]) and len({*filter(None, row)}) == 1 and not FIGURE.match(row[0]) for row in rows[:-2])
    return next((n for n, alone in enumerate(single) if not alone), max(0, len(rows) - 2))


def _height(rows: Sequence[Row]) -> int:
    """How many rows name the columns: those above the first figures, as far as one continues the one before."""
    most = next((n for n, row in enumerate(rows) if _values(row)), 1)
    height, labelled = 1, bool(rows[0][0])
    for above, row in pairwise(rows[: min(most, STACKED)]):
        more = bool(row[0]) and row[0] != above[0]
        if (more and labelled) or not any(row[1:]) or height + 1 >= len(rows):
            break
        labelled, height = labelled or more, height + 1
    return height


def _values(row: Row) -> bool:
    return any(FIGURE.match(cell) and not YEAR.match(cell) for cell in row[1:])
