"""Tables of Word: rows that begin late, and cells that span rows."""

import copy
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.word.wordml import W, child, number, val

MOST = 63  # Word's own limit of columns


def fill_grid(root: Element) -> None:
    """Each row has every column of its table, and a cell that spans rows is said in each."""
    for row in root.iter(f"{W}tr"):
        _begin(row)
    for table in root.iter(f"{W}tbl"):
        _repeat(table)


def _begin(row: Element) -> None:
    about = child(row, "trPr")
    before = child(about, "gridBefore")
    if about is None or before is None:
        return
    at = list(row).index(about) + 1
    for _ in range(min(number(before), MOST)):
        cell = Element(f"{W}tc")
        cell.append(Element(f"{W}p"))
        row.insert(at, cell)
    about.remove(before)


def _repeat(table: Element) -> None:
    above: dict[int, Element] = {}
    for row in table.iterfind(f"{W}tr"):
        column = 0
        for cell in row.iterfind(f"{W}tc"):
            about = child(cell, "tcPr")
            merged = child(about, "vMerge")
            if merged is None:
                above.pop(column, None)
            elif val(merged) == "restart":
                above[column] = cell
            elif column in above:
                _take(cell, above[column])
            if about is not None and merged is not None:
                about.remove(merged)
            column += max(1, number(child(about, "gridSpan"), default=1))


def _take(cell: Element, source: Element) -> None:
    for paragraph in cell.findall(f"{W}p"):
        cell.remove(paragraph)
    cell.extend(copy.deepcopy(paragraph) for paragraph in source.findall(f"{W}p"))
