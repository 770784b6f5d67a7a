"""Records as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from shared.events import CSV_COLUMNS

# A spreadsheet takes a cell that begins so for a formula; quoting does not help, an apostrophe does.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def csv_line(record: Mapping[str, Any]) -> str:
    """One record."""
    values = (record.get(name, "") for name in CSV_COLUMNS)
    return _line(orjson.dumps(value).decode() if isinstance(value, dict) else str(value) for value in values)


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return out.getvalue()[:-2]


def safe(cell: str) -> str:
    """The same text, never a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
