"""Reads OpenDocument text as Markdown: headings, lists, tables, boxes, then notes."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from services.ingestion.chunking.model import joined
from services.ingestion.formats.odf.charts import Charts
from services.ingestion.formats.odf.hidden_content import CONTENT, attribute, local
from services.ingestion.formats.ooxml.relationships import tree_of

Element = ElementTree.Element
DRAWN = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
SPACES = {"s": " ", "tab": "\t", "line-break": "\n"}
SPACED = 1000  # of one mark of spaces
# Not of the text: what was changed, remarks, how a word is spoken, what is said of a picture, where rows are repeated.
ASIDE = {"tracked-changes", "annotation", "ruby-text", "title", "desc", "forms", "sequence-decls", "note-citation"}
GROUPS = {"table-header-rows", "table-rows", "table-row-group"}
LONGEST = 300  # characters of a cell that is repeated in each row that it reaches over
NUMBER_SIGN = re.compile(r"#{1,6}[ \t]")


def pages(data: bytes) -> list[str]:
    """A page ends where its author broke it."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        root, charts = tree_of(box, CONTENT), Charts(box, table)
    breaks = {attribute(style, "name") for style in root.iter() if local(style) == "style" and _breaks(style)}
    text = _Text(breaks, charts)
    for body in root.iter():
        if local(body) == "text" and body.tag.endswith("office:1.0}text"):
            text.read(body, 0)
    text.end()
    return [joined(blocks) for blocks in text.pages]


def table(element: Element) -> str:
    """A table whose first row is its head; a cell over rows is said in each."""
    above: dict[int, tuple[int, str]] = {}
    rows = [_texts([cell for cell in row if _is_cell(cell)], above) for row in _rows(element)]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])


def _texts(cells: list[Element], above: dict[int, tuple[int, str]]) -> list[str]:
    """The cells of a row; `above` has what still reaches into the next ones, by column: rows left, and the text."""
    texts = [" ".join(_cell(cell).split()).replace("|", "\\|") for cell in cells]
    for at, cell in enumerate(cells):
        over, (left, text) = attribute(cell, "number-rows-spanned"), above.pop(at, (0, ""))
        if over.isdigit() and int(over) > 1 and len(texts[at]) <= LONGEST:
            above[at] = (int(over) - 1, texts[at])
        elif left:
            texts[at] = texts[at] or text
            above[at] = (left - 1, text)
    return texts


def words(element: Element, beside: list[Element] | None = None) -> str:
    """What a paragraph says; notes and drawings in it are put `beside`."""
    found = [element.text or ""]
    for child in element:
        kind = local(child)
        counted = attribute(child, "c")
        if kind in SPACES:
            found.append(SPACES[kind] * (min(int(counted), SPACED) if counted.isdigit() else 1))
        elif kind == "note" or child.tag.startswith(DRAWN):
            if beside is not None:
                beside.append(child)
        elif kind not in ASIDE:
            found.append(words(child, beside))
        found.append(child.tail or "")
    return "".join(found)


class _Text:
    """Pages as they fill."""

    def __init__(self, breaks: set[str], charts: Charts) -> None:
        self.pages: list[list[str]] = [[]]
        self._charts = charts
        self._breaks, self._notes = breaks, list[Element]()

    def read(self, element: Element, depth: int) -> None:
        """An element and all in it; `depth`: in how many lists."""
        for child in element:
            match local(child):
                case "p" | "h" as kind:
                    self._paragraph(child, kind, depth)
                case "table":
                    self._add(table(child), child)
                case "object":
                    self._add(self._charts.told(child), child)
                case "note":
                    self._notes.append(child)
                case kind if kind not in ASIDE:
                    self.read(child, depth + (kind == "list"))

    def end(self) -> None:
        """The notes follow the last page."""
        for note in self._notes:
            self.read(note, 0)

    def _paragraph(self, element: Element, kind: str, depth: int) -> None:
        beside = list[Element]()
        text = words(element, beside).strip()
        level = attribute(element, "outline-level")
        if kind == "h" and text:
            text = f"{'#' * min(int(level) if level.isdigit() else 1, 6)} {' '.join(text.split())}"
        elif depth and text:
            text = f"{'  ' * (depth - 1)}- {text}"
        elif NUMBER_SIGN.match(text):
            text = f"\\{text}"
        self._add(text, element)
        self._notes += [one for one in beside if local(one) == "note"]
        for one in beside:
            if local(one) != "note":
                self.read(one, 0)

    def _add(self, text: str, element: Element) -> None:
        if attribute(element, "style-name") in self._breaks and any(self.pages):
            self.pages.append([])
        if text:
            self.pages[-1].append(text)


def _breaks(style: Element) -> bool:
    return any(attribute(part, "break-before") == "page" for part in style)


def _rows(element: Element) -> Iterator[Element]:
    for child in element:
        if local(child) == "table-row":
            yield child
        elif local(child) in GROUPS:
            yield from _rows(child)


def _is_cell(element: Element) -> bool:
    return local(element) in ("table-cell", "covered-table-cell")


def _cell(cell: Element) -> str:
    """All that is in a cell, also in its boxes and inner tables."""
    kind = local(cell)
    if kind in ASIDE:
        return ""
    if kind not in ("p", "h"):
        return " ".join(filter(None, map(_cell, cell)))
    beside = list[Element]()
    text = words(cell, beside)
    return " ".join([text, *map(_cell, beside)])
