"""Tables for the width that there is: columns fold, then the least important ones go, then each row is a block."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len, chop_cells
from rich.text import Text

IDS = {"document_id", "grant_id", "id", "about", "query_id", "schedule_id", "secret_id", "seq", "no"}
GAP = 2  # spaces between columns
NARROW = 18  # columns that a folded text needs to be readable
# Fields with texts, which may be folded.
FOLDED = {
    "title", "reason", "workspaces", "groups", "roles", "words", "rule", "question", "file", "folder", "path",
    "trouble", "parameters", "actions", "scopes", "allow", "note", "hidden_columns", "text",
}  # fmt: skip
# What goes first when there is no room for all; what is not here stays longest, the last column first.
LEAST = (
    "digest", "chunks", "size", "kept", "pages", "revision", "zone", "days", "bus", "scopes", "by", "scanned", "dates",
    "note", "deny", "at", "workspace",
)  # fmt: skip


@dataclass
class Column:
    """One column: its heading, the texts of its cells, and whether they may be folded."""

    field: str
    heading: str
    cells: list[str]
    first: bool

    @property
    def natural(self) -> int:
        return max(map(cell_len, (self.heading, *self.cells)))

    @property
    def least(self) -> int:
        """The fewest columns that it can be shown in: only texts are folded, never ids, numbers, names or states."""
        if self.field not in FOLDED:
            return self.natural
        longest = max((cell_len(word) for text in self.cells for word in text.split()), default=0)
        return max(cell_len(self.heading), min(longest, NARROW))


def lines_of(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], width: int | None, whole: bool = False
) -> Iterator[Text]:
    """The lines of a table at most `width` columns wide; without a width one line a row, never folded.

    Of a `whole` one no column goes: when they do not fit, each row is a block.
    """
    found = [
        Column(field, heading, [cell(row.get(field)) for row in rows], at == 0)
        for at, (field, heading) in enumerate(columns.items())
    ]
    # A column that says nothing in any row is left out on a terminal.
    shown = found if width is None else [one for one in found if one.first or any(one.cells)]
    if width is None:
        return _table(shown, [one.natural for one in shown])
    said = [one for one in shown if any(one.cells)]
    while (widths := _fitted(shown, width)) is None:
        # A table that keeps less than half of what there is to say is worse than none.
        if whole or (gone := _next_to_go(shown)) is None or len(shown) <= len(said) / 2:
            return _blocks(said, width)
        shown.remove(gone)
    return _table(shown, widths)


def _fitted(columns: Sequence[Column], width: int) -> list[int] | None:
    """A width for each column; None when they do not fit. The widest folds first."""
    room = width - GAP * (len(columns) - 1)
    widths = [one.natural for one in columns]
    least = [one.least for one in columns]
    if sum(least) > room:
        return None
    while (over := sum(widths) - room) > 0:
        widest = max(range(len(widths)), key=lambda at: widths[at] - least[at])
        widths[widest] -= min(over, max(1, (widths[widest] - least[widest]) // 2))
    return widths


def _next_to_go(columns: Sequence[Column]) -> Column | None:
    """The least important column. The first, ids and what was refused stay: without them a row says nothing."""
    can = [one for one in columns if not one.first and one.field not in IDS | {"reason", "title", "status", "stage"}]
    ranked = sorted(can, key=lambda one: LEAST.index(one.field) if one.field in LEAST else len(LEAST))
    if not ranked:
        return None
    return ranked[0] if ranked[0].field in LEAST else can[-1]


def _table(columns: Sequence[Column], widths: Sequence[int]) -> Iterator[Text]:
    yield _line([(one.heading, wide) for one, wide in zip(columns, widths, strict=True)], style="bold")
    for at in range(len(columns[0].cells)):
        folded = [fold(one.cells[at], wide) for one, wide in zip(columns, widths, strict=True)]
        for n in range(max(map(len, folded))):
            parts = [texts[n] if n < len(texts) else "" for texts in folded]
            yield _line(list(zip(parts, widths, strict=True)))


def _line(parts: Sequence[tuple[str, int]], style: str = "") -> Text:
    padded = [text + " " * max(0, wide - cell_len(text)) for text, wide in parts]
    return Text((" " * GAP).join(padded).rstrip(), style=style)


def _blocks(columns: Sequence[Column], width: int) -> Iterator[Text]:
    """A row as a few lines: its name, its id, and the rest with their headings."""
    named = next((one for one in columns if one.field == "title"), columns[0])
    ids = [one for one in columns if one.field in IDS and one is not named]
    rest = [one for one in columns if one is not named and one not in ids]
    for at in range(len(named.cells)):
        for line in fold(named.cells[at], width):
            yield Text(line, style="bold")
        for one in ids:
            if one.cells[at]:
                yield Text(f"  {one.cells[at]}")
        facts = [f"{one.heading} {one.cells[at]}" for one in rest if one.cells[at]]
        for line in _joined(facts, width - 2):
            yield Text(f"  {line}")


def _joined(facts: Sequence[str], width: int) -> Iterator[str]:
    """Several on a line, and none divided that fits into one."""
    line = ""
    for fact in facts:
        longer = f"{line} · {fact}" if line else fact
        if cell_len(longer) > width and line:
            yield line
            longer = fact
        *before, line = fold(longer, width)
        yield from before
    if line:
        yield line


def fold(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, between words where it can; at least one line."""
    found, line = list[str](), ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            found.append(line)
        pieces = chop_cells(word, width) if cell_len(word) > width else [word]
        found += pieces[:-1]
        line = pieces[-1] if pieces else ""
    return [*found, line]


def cell(value: Any) -> str:
    """A value as a table shows it, on one line."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else " ".join(str(value).split())
