"""Reads PDF with pdfium, page by page, without invisible text."""

import ctypes
import re
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from services.ingestion.chunking.model import Page, Unreadable
from services.ingestion.formats.invisible import clean, take
from services.ingestion.formats.pdf.columns import parted
from services.ingestion.formats.pdf.form_fields import Field, beside_labels, field_of
from services.ingestion.formats.pdf.headings import Line, body, lines, page
from services.ingestion.formats.pdf.render_diff import Easel
from services.ingestion.formats.pdf.tables.placing import Tables
from services.ingestion.formats.pdf.tables.words import Placed
from services.ingestion.formats.pdf.typography import Typography, marked, rejoined
from services.ingestion.formats.pdf.visibility import Ink, index_of, pictured

PAGES = 10_000
PASSWORD = 4
# A page with less may be a scan that somebody has stamped.
STAMP = 120
ANNOTATIONS = 2000  # looked at on a page; most are links
WRITTEN = {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP}
# The last word of a line goes on in the next one: pdfium has put a mark in place of the hyphen.
HYPHENS = {"\x02", "\ufffe"}
HYPHEN = re.compile("[\x02\ufffe]$")
SAMPLE = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>> endobj
4 0 obj <</Length 33>> stream
BT /F 9 Tf 9 9 Td (A word) Tj ET
endstream endobj
5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj
trailer <</Root 1 0 R>>
"""
# The engine keeps its address.
NO_FOLDERS = (ctypes.POINTER(ctypes.c_char) * 1)()

size_of, weight_of = raw.FPDFText_GetFontSize, raw.FPDFText_GetFontWeight


def start() -> None:
    """The engine without this machine's fonts: where files are read it could open none that it knows of.

    Text in a font that is known and cannot be opened would be lost; of one that is not known the letters are.
    """
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=NO_FOLDERS))
    pdf(SAMPLE, {})


def pdf(data: bytes, recognised: dict[int, list[tuple[str, float]]]) -> tuple[list[Page], list[int]]:
    """The pages in order, numbered from 1, and which of them are pictures that are not yet `recognised`."""
    document, easel, tables = opened(data), Easel(), Tables()
    found, scans = list[list[Line]](), list[int]()
    for number in range(1, len(document) + 1):
        rows, scan = read(document, number, easel, tables)
        if number in recognised:
            rows = max(rows, lines(recognised[number]), key=_letters)
        elif scan:
            scans.append(number)
        found.append(rows)
    usual = body(found)
    return [page(number, rows, usual) for number, rows in enumerate(found, 1)], scans


def _letters(rows: list[Line]) -> int:
    """Of a page that looked like a picture with a stamp on it, recognised text may be less than what it has."""
    return sum(len(row.text) for row in rows)


def opened(data: bytes) -> pypdfium2.PdfDocument:
    """The document; `Unreadable` when it is locked, damaged or too long."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _refusal(error) from error
    if len(document) > PAGES:
        raise Unreadable("too_big", f"It has {len(document)} pages, more than {PAGES}. Split it.")
    return document


def _refusal(error: pypdfium2.PdfiumError) -> Unreadable:
    if getattr(error, "err_code", 0) == PASSWORD or "password" in str(error).lower():
        return Unreadable("encrypted", "The file is protected by a password. Remove the password and upload it again.")
    return Unreadable("damaged", "The file is damaged: it is no complete PDF. Upload it again or export it anew.")


def read(document: pypdfium2.PdfDocument, number: int, easel: Easel, tables: Tables) -> tuple[list[Line], bool]:
    """The lines of a page, and whether it is a picture of text."""
    try:
        page, fields = _whole(document, number)
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise Unreadable("damaged", f"Page {number} is damaged. Export the PDF anew and upload it again.") from error
    placed = Placed(text.raw)
    found = list(_lines(text, Ink(page, text, easel), Typography(text.raw), placed))
    scan = sum(len(line.text) for line in found) < STAMP and pictured(page, any(line.text.strip() for line in found))
    whole = tables.placed(page, found, placed)
    # In a table each value stands in its cell.
    if fields and whole is found and not placed.turns:
        whole = beside_labels(found, placed.each(), placed.lines(), fields)
    if whole is found:
        whole = parted(found, placed)
    text.close()
    page.close()
    return whole, scan


def _whole(document: pypdfium2.PdfDocument, number: int) -> tuple[pypdfium2.PdfPage, list[Field]]:
    """A page with what was written on it (filled fields, notes, stamps and so on that it shows), and its fields."""
    page, fields, written = document[number - 1], list[Field](), False
    for n in range(min(raw.FPDFPage_GetAnnotCount(page.raw), ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, n)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == raw.FPDF_ANNOT_WIDGET:
            fields.append(field_of(annotation))
        raw.FPDFPage_CloseAnnot(annotation)
        written = written or kind in WRITTEN
    if not written:
        return page, fields
    raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
    page.close()
    return document[number - 1], fields


def _lines(text: pypdfium2.PdfTextPage, ink: Ink, typography: Typography, placed: Placed) -> Iterator[Line]:
    """Its lines; those without hidden parts are noted, to be looked through for tables."""
    start = at = 0
    for number, line in enumerate(text.get_text_range().splitlines(keepends=True)):
        first = index_of(text.raw, at + len(line) - len(line.lstrip()))
        size = size_of(text.raw, first)
        shown = ink.shown(line, at, first, size)
        if len(shown) < len(line):
            take("hidden", len(line) - len(shown))
        else:
            raised = typography.raised(line, at)
            placed.note(line, at, number, raised)
            shown = marked(line, raised)
        at += len(line)
        said = shown.rstrip()  # so that most lines need no cleaning
        said = clean(rejoined(HYPHEN.sub("-", said) if said[-1:] in HYPHENS else said)).rstrip()
        yield Line(start, said, size, weight_of(text.raw, first))
        start += len(said) + 1
