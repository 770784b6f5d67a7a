"""Reads OpenDocument slides: title, paragraphs, lists, tables, then the speaker's notes."""

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from services.ingestion.formats.odf.charts import Charts
from services.ingestion.formats.odf.hidden_content import CONTENT, attribute, local
from services.ingestion.formats.odf.odt import table, words
from services.ingestion.formats.ooxml.relationships import tree_of

Element = ElementTree.Element


def texts(data: bytes) -> list[str]:
    """Markdown of each slide, in the order of the show."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        root, charts = tree_of(box, CONTENT), Charts(box, table)
    return ["\n\n".join(_slide(page, charts)) for page in root.iter() if local(page) == "page"]


def _slide(page: Element, charts: Charts) -> Iterator[str]:
    notes = [part for part in page if local(part) == "notes"]
    for part in (*(part for part in page if part not in notes), *notes):
        lines = "\n".join(_lines(part, 0, charts)).strip()
        if lines:
            yield f"## {' '.join(lines.split())}" if attribute(part, "class") == "title" else lines


def _lines(element: Element, depth: int, charts: Charts) -> Iterator[str]:
    """Of everything below an element: a bullet for each item of a list, by how deep it lies."""
    match local(element):
        case "p" | "h":
            yield from (f"{'  ' * (depth - 1)}- {line}" if depth else line for line in words(element).split("\n"))
        case "table":
            yield table(element)
        case "object":
            yield charts.told(element)
        case kind:
            for child in element:
                yield from _lines(child, depth + (kind == "list"), charts)
