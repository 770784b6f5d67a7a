"""Repeats a cell of a slide's table in each row that it reaches over: a row is read without those above it."""

import io
import zipfile
from copy import deepcopy
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.hidden_content import SLIDE, repacked
from services.ingestion.formats.ooxml.relationships import keep_prefixes

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
LONGEST = 300  # characters of a cell that is repeated
SIGN = b'vMerge="'


def spread(data: bytes) -> bytes:
    """The file itself when no cell in it reaches over rows."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        parts = {name: box.read(name) for name in box.namelist() if SLIDE.fullmatch(name)}
        changed = {name: _spread(part) for name, part in parts.items() if SIGN in part}
        return repacked(box, changed) if changed else data


def _spread(part: bytes) -> bytes:
    try:
        keep_prefixes(part.decode("utf-8", "replace"))
        root = ElementTree.fromstring(part)  # noqa: S314  zip_safety.py has refused every DTD
    except ElementTree.ParseError:
        return part  # the reader says what is wrong with it
    for table in root.iter(f"{A}tbl"):
        above: list[Element] = []
        for row in table.iter(f"{A}tr"):
            cells = row.findall(f"{A}tc")
            for cell, over in zip(cells, above, strict=False):
                if cell.get("vMerge") in ("1", "true"):
                    _fill(cell, over)
            above = cells
    found: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return found


def _fill(cell: Element, over: Element) -> None:
    old, new = cell.find(f"{A}txBody"), over.find(f"{A}txBody")
    if new is None or sum(map(len, new.itertext())) > LONGEST:
        return
    if old is not None:
        cell.remove(old)
    cell.insert(0, deepcopy(new))
