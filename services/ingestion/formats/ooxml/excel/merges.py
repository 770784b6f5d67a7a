"""A merged cell is said in each of its rows, and above each of its columns where other cells stand beside it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.ingestion.formats.ooxml.excel.columns import column_name, column_number

MERGE = re.compile(r'<mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
ROW = re.compile(r'(<row\b[^>]*\br="(\d+)"[^>]*?)(?:/>|>(.*?)</row>)', re.S)
CELL = re.compile(r'<c\b[^>]*\br="([A-Z]{1,3})\d+"[^>]*?(?:/>|>.*?</c>)', re.S)
PLACE = re.compile(r'\br="[A-Z]{1,3}\d+"')
HOLDS = re.compile(r"<v>[^<]|<t\b[^>]*>[^<]")
MOST = 200_000  # cells that are filled in one sheet


@dataclass(frozen=True, slots=True)
class Merge:
    """Columns and rows from 1, both ends belong to it."""

    left: int
    top: int
    right: int
    bottom: int


def fill_merges(sheet: str) -> str:
    """The sheet's XML with the merged cells filled; the sheet itself when there are none."""
    merges = [_merge(*found) for found in MERGE.findall(sheet)]
    present = sorted({int(row[2]) for row in ROW.finditer(sheet)}) if merges else []
    touched = _touched(merges, present)
    rows = {
        int(row[2]): {column_number(cell[1]): cell[0] for cell in CELL.finditer(row[3] or "")}
        for row in ROW.finditer(sheet)
        if int(row[2]) in touched
    }
    if not rows:
        return sheet
    left = MOST
    for merge in merges:
        left -= _fill(merge, rows, _between(present, merge.top, merge.bottom), left)
    return ROW.sub(lambda row: _row(row, rows), sheet)


def _merge(left: str, top: str, right: str, bottom: str) -> Merge:
    return Merge(column_number(left), int(top), column_number(right), int(bottom))


def _touched(merges: Iterable[Merge], present: Sequence[int]) -> set[int]:
    """The rows in any of them, each looked at once: thousands may span a whole column each."""
    found, upto = set[int](), 0
    for merge in sorted(merges, key=lambda merge: merge.top):
        found.update(_between(present, max(merge.top, upto + 1), merge.bottom))
        upto = max(upto, merge.bottom)
    return found


def _between(present: Sequence[int], first: int, last: int) -> Sequence[int]:
    return present[bisect_left(present, first) : bisect_right(present, last)]


def _fill(merge: Merge, rows: dict[int, dict[int, str]], span: Sequence[int], most: int) -> int:
    """Fills at most `most` cells in the rows `span` and says how many."""
    first = rows.get(merge.top, {})
    source = first.get(merge.left, "")
    if not HOLDS.search(source):
        return 0
    within = range(merge.left, merge.right + 1)
    beside = any(HOLDS.search(cell) for column, cell in first.items() if column not in within)
    # A title over the whole table is said once.
    columns = within if beside else within[:1]
    filled = 0
    for number in span:
        for column in columns:
            if filled >= most:
                return filled
            rows[number][column] = PLACE.sub(f'r="{column_name(column)}{number}"', source, count=1)
            filled += 1
    return filled


def _row(row: re.Match[str], rows: dict[int, dict[int, str]]) -> str:
    cells = rows.get(int(row[2]))
    return row[0] if not cells else f"{row[1]}>{''.join(cells[column] for column in sorted(cells))}</row>"
