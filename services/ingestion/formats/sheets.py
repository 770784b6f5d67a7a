"""Spreadsheets: a sheet is a page, its name the heading."""

import re
from collections.abc import Collection

import kreuzberg

from services.ingestion.chunking.model import Page
from services.ingestion.formats.invisible import take
from services.ingestion.formats.markup.html_csv import quiet
from services.ingestion.formats.markup.markdown_pages import generated_page
from services.ingestion.formats.markup.table_headers import below_titles
from services.ingestion.formats.media_types import MEDIA

MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00\b")


def sheets(data: bytes, kind: str, hidden: Collection[str] = ()) -> list[Page]:
    """The pages of a workbook of this kind, without the sheets named in `hidden`."""
    found = kreuzberg.extract_bytes_sync(data, MEDIA[kind], quiet())
    names = [str(name) for name in found.metadata.get("sheet_names") or ()]
    text, starts = found.content, list[tuple[int, int]]()
    for number, name in enumerate(names, 1):
        if (at := _line(text, f"## {name}", starts[-1][1] + 1 if starts else 0)) >= 0:
            starts.append((number, at))
    if not starts:
        return [generated_page(1, text)]
    ends = [at for _, at in starts[1:]] + [len(text)]
    take("sheets", len(hidden))
    return [
        generated_page(number, below_titles(MIDNIGHT.sub(r"\1", text[at:end])))
        for (number, at), end in zip(starts, ends, strict=True)
        if names[number - 1] not in hidden
    ]


def _line(text: str, line: str, start: int) -> int:
    found = re.compile(rf"^{re.escape(line)}[ \t]*$", re.M).search(text, start)
    return found.start() if found else -1
