"""Repeats a cell of an HTML table in each row that it reaches over: a row is read without those above it."""

import re
from dataclasses import dataclass, field

from services.ingestion.formats.markup.html_copy import HtmlCopy

ROWS = re.compile(r"\s*rowspan\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I)
CELLS = ("td", "th")
LONGEST = 300  # characters of a cell that is repeated: longer ones are layout
MOST = 1000  # rows that a cell reaches over
COLUMNS = 200  # of a table in which cells are repeated
REPEATED = 20_000  # cells of a page: two pages of markup could ask for millions


@dataclass(slots=True)
class _Table:
    """`above` has what still reaches into the next rows, by column: rows left, and the cell."""

    above: dict[int, tuple[int, str]] = field(default_factory=dict)
    column: int = 0
    begun: int = -1
    rows: int = 1
    columns: int = 1


def spread(text: str) -> str:
    """The text itself when no cell in it reaches over rows."""
    if not ROWS.search(text):
        return text
    return _Reader().copied(text)


class _Reader(HtmlCopy):
    """Copies what it reads, with cells of earlier rows in their places."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[_Table] = []
        self._left = REPEATED

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = self.get_starttag_text() or ""
        if tag == "table":
            self._open.append(_Table())
        elif self._open and tag in (*CELLS, "tr"):
            self._end_cell()
            if tag == "tr":
                self._end_row()
            else:
                self._begin_cell({name: value or "" for name, value in attrs})
                told = ROWS.sub("", told)
        self.out.append(told)

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag in (*CELLS, "tr", "table"):
            self._end_cell()
        if self._open and tag in ("tr", "table"):
            self._end_row()
        self.out.append(f"</{tag}>")
        if self._open and tag == "table":
            self._open.pop()

    def _begin_cell(self, facts: dict[str, str]) -> None:
        table = self._open[-1]
        self._place(table, table.column)
        table.begun, table.rows = len(self.out) + 1, _number(facts.get("rowspan", ""))
        table.columns = _number(facts.get("colspan", ""))

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.begun < 0:
            return
        cell = "".join(self.out[table.begun :])
        if table.rows > 1 and len(cell) <= LONGEST and "<table" not in cell:
            for column in range(table.column, min(table.column + table.columns, COLUMNS)):
                table.above[column] = (table.rows, cell if column == table.column else "")
        table.column, table.begun = table.column + table.columns, -1

    def _end_row(self) -> None:
        table = self._open[-1]
        if table.column:
            self._place(table, table.column)
            table.above = {at: (left - 1, cell) for at, (left, cell) in table.above.items() if left > 1}
        table.column = 0

    def _place(self, table: _Table, column: int) -> None:
        """What reaches down into this column and those right of it."""
        while column in table.above and self._left:
            self._left -= 1
            self.out.append(f"<td>{table.above[column][1]}</td>")
            column += 1
        table.column = column


def _number(written: str) -> int:
    return min(max(int(written), 1), MOST) if written.isdecimal() else 1
