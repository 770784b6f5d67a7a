"""Finds the row that names a table's columns below titles and notes, so that each chunk repeats that one."""

import re

RULE = re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
CELLS = re.compile(r"(?<!\\)\|")
LOOKED_AT = 15  # rows in which the names of columns are looked for
FULL, SPARSE = 0.8, 0.5  # shares of the table's width


def below_titles(text: str) -> str:
    """The same Markdown; rows above the names of columns are lines of text before their table."""
    lines, out, at = text.split("\n"), list[str](), 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].lstrip().startswith("|"):
            end += 1
        out += _table(lines[at:end]) if end > at else [lines[at]]
        at = max(end, at + 1)
    return "\n".join(out)


def _table(lines: list[str]) -> list[str]:
    if len(lines) < 4 or not RULE.match(lines[1].strip()):
        return lines
    rows = [lines[0], *lines[2:]]
    cells = [_cells(row) for row in rows[:LOOKED_AT]]
    header = _header(cells)
    titles = [" ".join(dict.fromkeys(filter(None, row))) for row in cells[:header]]
    return [*titles, "", rows[header], lines[1], *rows[header + 1 :]] if header else lines


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in CELLS.split(line.strip())[1:-1]]


def _header(rows: list[list[str]]) -> int:
    """The place of the row that names the columns: the first full one, when all before it are sparse."""
    filled = [sum(map(bool, row)) for row in rows]
    width = max(filled, default=0)
    found = next((place for place, count in enumerate(filled) if count >= FULL * width), 0)
    return found if width > 2 and all(count <= SPARSE * width for count in filled[:found]) else 0
