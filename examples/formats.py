"""Blocks in, files out: PDF, DOCX, XLSX, PPTX, mail and GBK text."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from openpyxl import Workbook
from pptx import Presentation
from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from examples.blocks import Block, blocks

FONT = "STSong-Light"
# Made twice, a file is the same twice: no date of today in it.
DATED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
NUMBER = re.compile(r"\d{1,3}(,\d{3})*|\d+")
SIZES = {0: 10.5, 1: 17, 2: 13, 3: 11}


def pdf(source: str) -> bytes:
    """Pages in A4; the font is one that every PDF reader knows, so none is embedded."""
    registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    title = next(block.text for block in blocks(source))
    page = SimpleDocTemplate(out, title=title, author="Qiming Pumps", invariant=1)
    page.build([part for block in blocks(source) for part in _printed(block)])
    return out.getvalue()


def _printed(block: Block) -> list[Any]:
    if block.kind == "page":
        return [PageBreak()]
    if block.kind == "table":
        grid = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("FONT", (0, 0), (-1, -1), FONT, 9.5)]
        return [Table([list(row) for row in block.rows], style=grid), Spacer(0, 8)]
    size = SIZES[block.level]
    style = ParagraphStyle("cloister", fontName=FONT, fontSize=size, leading=1.6 * size, spaceAfter=6, wordWrap="CJK")
    if block.text.isascii():
        style.wordWrap = None
    return [Paragraph(block.text, style)]


def docx(source: str) -> bytes:
    """Word's own headings, tables and page breaks."""
    document = Document()
    for block in blocks(source):
        match block.kind:
            case "heading":
                document.add_heading(block.text, block.level)
            case "table":
                _tabled(document.add_table(len(block.rows), len(block.rows[0]), "Table Grid"), block)
            case "page":
                document.add_page_break()
            case _:
                document.add_paragraph(block.text)
    return _saved(document)


def _tabled(table: Any, block: Block) -> None:
    for cells, row in zip(table.rows, block.rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text


def xlsx(source: str) -> bytes:
    """A sheet for each heading, with the table under it; what looks like a number is one."""
    book = Workbook()
    book.remove(book.active)
    for block in blocks(source):
        if block.kind == "heading":
            sheet = book.create_sheet(block.text)
        for row in block.rows:
            sheet.append([int(cell.replace(",", "")) if NUMBER.fullmatch(cell) else cell for cell in row])
    return _saved(book)


def pptx(source: str) -> bytes:
    """A slide for each heading; a note is what the speaker says."""
    deck = Presentation()
    for block in blocks(source):
        if block.kind == "heading":
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = block.text
        elif block.kind == "note":
            slide.notes_slide.notes_text_frame.text = block.text
        else:
            frame = slide.placeholders[1].text_frame
            line = frame.add_paragraph() if frame.text else frame.paragraphs[0]
            line.text = block.text
    return _saved(deck)


def eml(source: str) -> bytes:
    """A message as mail programs keep it: headers, then the text."""
    message = EmailMessage()
    lines = iter(source.splitlines())
    for name, _, value in (line.partition(": ") for line in islice(lines, 4)):
        message[name] = value
    message.set_content("\n".join(lines).strip() + "\n", charset="utf-8", cte="base64")
    return message.as_bytes()


def gbk(source: str) -> bytes:
    """As older Chinese systems write text."""
    return source.replace("\n", "\r\n").encode("gbk")


def _saved(made: Any) -> bytes:
    saved, out = BytesIO(), BytesIO()
    made.save(saved)
    with ZipFile(saved) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name), DATED.sub(rb"\g<1>2026-01-05T09:00:00Z", old.read(name)), ZIP_DEFLATED)
    return out.getvalue()


FORMATS: dict[str, Callable[[str], bytes]] = {"pdf": pdf, "docx": docx, "xlsx": xlsx, "pptx": pptx, "eml": eml}
