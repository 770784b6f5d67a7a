"""An XLSX whose XML spells out what Excel computes when it shows it."""

import zipfile
from io import BytesIO
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.excel.cells import write_cells
from services.ingestion.formats.ooxml.excel.merges import fill_merges
from services.ingestion.formats.ooxml.excel.number_formats import formats_of
from services.ingestion.formats.ooxml.hidden_content import SHEET, repacked
from services.ingestion.formats.ooxml.relationships import tree_of


def rendered(data: bytes) -> bytes:
    """The same workbook for a reader that knows no formats. `data` has no hidden rows and columns any more."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        formats = formats_of(_root(box, "xl/styles.xml"))
        book = _root(box, "xl/workbook.xml")
        about = book.find("{*}workbookPr") if book is not None else None
        from_1904 = about is not None and about.get("date1904") in ("1", "true")
        changed = dict[str, bytes]()
        for name in filter(SHEET.fullmatch, box.namelist()):
            sheet = box.read(name).decode("utf-8-sig")
            written = fill_merges(write_cells(sheet, formats, from_1904))
            if written is not sheet and written != sheet:
                changed[name] = written.encode()
        return repacked(box, changed) if changed else data


def _root(box: zipfile.ZipFile, part: str) -> Element | None:
    return tree_of(box, part) if part in box.namelist() else None
