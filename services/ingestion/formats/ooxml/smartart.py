"""Words in SmartArt diagrams and in text boxes on sheets."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

from services.ingestion.formats.ooxml.relationships import id_of, relations, said, tree_of

# A picture frame names the diagram that it shows; what nothing names is not shown.
SHOWN = re.compile(rb'\bdm="([^"]+)"')
BOOK = "xl/workbook.xml"


def in_part(box: zipfile.ZipFile, part: str) -> str:
    """The diagrams of a document or slide, a line for each of their shapes."""
    if part not in box.namelist():
        return ""
    targets, shown = relations(box, part), SHOWN.findall(box.read(part))
    parts = [targets[id.decode()][1] for id in dict.fromkeys(shown) if id.decode() in targets]
    lines = (line for name in parts if name in box.namelist() for line in _shapes(tree_of(box, name), "pt"))
    return "\n".join(f"- {line}" for line in lines)


def in_document(data: bytes) -> str:
    """Those of a DOCX."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        return in_part(box, "word/document.xml")


def on_sheets(data: bytes) -> dict[str, tuple[int, str]]:
    """The boxes and diagrams that lie on an XLSX's sheets: by a sheet's name its number from 1, and their words."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        targets, found = relations(box, BOOK), dict[str, tuple[int, str]]()
        for number, sheet in enumerate(tree_of(box, BOOK).iterfind("{*}sheets/{*}sheet"), 1):
            id = id_of(sheet)
            if id in targets and (words := "\n\n".join(filter(None, _drawings(box, targets[id][1])))):
                found[sheet.get("name", "")] = number, words
        return found


def _drawings(box: zipfile.ZipFile, sheet: str) -> Iterator[str]:
    for kind, part in relations(box, sheet).values():
        if kind.endswith("/drawing") and part in box.namelist():
            yield "\n\n".join(_shapes(tree_of(box, part), "sp", "\n"))
            yield in_part(box, part)


def _shapes(tree: ElementTree.Element, tag: str, between: str = " ") -> Iterator[str]:
    """The words of each shape that is not hidden; `between` its paragraphs."""
    for shape in tree.iter():
        if shape.tag.endswith(f"}}{tag}") and not _hidden(shape):
            lines = (said(paragraph) for paragraph in shape.iter() if paragraph.tag.endswith("/main}p"))
            if words := between.join(words for line in lines if (words := " ".join(line.split()))):
                yield words


def _hidden(shape: ElementTree.Element) -> bool:
    found = shape.find("{*}nvSpPr/{*}cNvPr")
    return found is not None and found.get("hidden") in ("1", "true")
