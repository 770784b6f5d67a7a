"""OpenDocument slides in, their texts out: a title, paragraphs, lists, tables, and the speaker's notes at the end."""

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from services.ingestion.opendocument import CONTENT, attribute, local

Element = ElementTree.Element
SPACES = {"s": " ", "tab": " ", "line-break": "\n"}
SPACED = 1000  # of one mark of spaces


def texts(data: bytes) -> list[str]:
    """Markdown of each slide, in the order of the show."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        root = ElementTree.fromstring(box.read(CONTENT))  # noqa: S314  containers.py has refused every DTD
    return ["\n\n".join(_slide(page)) for page in root.iter() if local(page) == "page"]


def _slide(page: Element) -> Iterator[str]:
    notes = [part for part in page if local(part) == "notes"]
    for part in (*(part for part in page if part not in notes), *notes):
        lines = "\n".join(_lines(part, 0)).strip()
        if lines:
            yield f"## {' '.join(lines.split())}" if attribute(part, "class") == "title" else lines


def _lines(element: Element, depth: int) -> Iterator[str]:
    """Of everything below an element: a bullet for each item of a list, by how deep it lies."""
    match local(element):
        case "p" | "h":
            yield from (f"{'  ' * (depth - 1)}- {line}" if depth else line for line in _words(element).split("\n"))
        case "table":
            yield from _table(element)
        case kind:
            for child in element:
                yield from _lines(child, depth + (kind == "list"))


def _table(table: Element) -> Iterator[str]:
    rows = [
        [" ".join(_words(cell).split()).replace("|", "\\|") for cell in row if local(cell) == "table-cell"]
        for row in table.iter()
        if local(row) == "table-row"
    ]
    for n, row in enumerate(row for row in rows if row):
        yield f"| {' | '.join(row)} |"
        if not n:
            yield f"|{' --- |' * len(row)}"


def _words(element: Element) -> str:
    found = element.text or ""
    for child in element:
        kind = local(child)
        counted = attribute(child, "c")
        times = min(int(counted), SPACED) if counted.isdigit() else 1
        found += SPACES[kind] * times if kind in SPACES else _words(child)
        found += child.tail or ""
    return found
