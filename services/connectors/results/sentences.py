"""Rows in words, without a model: exact, in the language of the question."""

from collections.abc import Sequence

from services.connectors.databases.rows import Cell
from services.connectors.results.cells import plain, shown
from shared.events import RowColumn

LISTED = 20  # rows in an answer; the citation holds them all
FEW = 4  # columns of a list; more become a table
NOTHING = {True: "没有符合条件的记录（在您可以查看的范围内）。", False: "no rows match (within what you may see)."}
MORE = {True: "共有 {n} 行以上，这里是前 {k} 行。", False: "There are more than {n} rows; these are the first {k}."}
ALL = {True: "共 {n} 行，这里是前 {k} 行。", False: "{n} rows in all; these are the first {k}."}


def answer(title: str, columns: Sequence[RowColumn], rows: Sequence[Sequence[Cell]], more: bool, chinese: bool) -> str:
    """A heading, then a list or a table of the first rows; `[n]` is put in by who numbers the passages."""
    mark = "：" if chinese else ": "
    if not rows:
        return f"{title}{mark}{NOTHING[chinese]}"
    body = _list(columns, rows[:LISTED]) if len(columns) <= FEW else table(columns, rows[:LISTED])
    return "\n".join(filter(None, [f"{title}{mark.rstrip()}", "", body, _rest(len(rows), more, chinese)]))


def table(columns: Sequence[RowColumn], rows: Sequence[Sequence[Cell]]) -> str:
    """Markdown; units stand in the head."""
    head = [f"{plain(column.title)}{f' ({column.unit})' if column.unit else ''}" for column in columns]
    lines = [head, ["---"] * len(columns), *([shown(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(columns: Sequence[RowColumn], rows: Sequence[Sequence[Cell]]) -> str:
    numbered = len(rows) > 1
    lines = [_line(columns, row) for row in rows]
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1)) if numbered else lines[0]


def _line(columns: Sequence[RowColumn], row: Sequence[Cell]) -> str:
    """Texts name the row; figures follow, each with its title when there are several."""
    pairs = list(zip(columns, row, strict=True))
    names = [shown(value) for _, value in pairs if isinstance(value, str)]
    figures = [(column, value) for column, value in pairs if not isinstance(value, str)]
    alone = len(figures) == 1 and names
    told = [shown(v, c.unit) if alone else f"{plain(c.title)} {shown(v, c.unit)}" for c, v in figures]
    return ": ".join(filter(None, [" · ".join(names), ", ".join(told)]))


def _rest(count: int, more: bool, chinese: bool) -> str:
    if more:
        return "\n" + MORE[chinese].format(n=count, k=min(count, LISTED))
    return "\n" + ALL[chinese].format(n=count, k=LISTED) if count > LISTED else ""
