"""PDF in, pages out: pdfium's text page by page, with headings told by their type."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from services.ingestion.pages import Heading, Page, Unreadable, numbered, titled
from services.ingestion.unseen import clean

PAGES = 10_000
PASSWORD = 4
# The last word of a line goes on in the next one: pdfium has put a mark in place of the hyphen.
HYPHEN = re.compile("[\x02\ufffe](?=[\r\n]|$)")
PROSE = re.compile(r"[.,;:，。；：、]$|^[a-z(（$•\-–—*|]|\.{4}")
FIGURES = re.compile(r"[\d$€£¥%]")
ROW = re.compile(r"\d[.,]\d.*\d[.,]\d|\d\)$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and the type it is set in; `start` is its place in the page's text."""

    start: int
    text: str
    size: float
    boldness: int


def pdf(data: bytes) -> list[Page]:
    """The pages in order, numbered from 1; `Unreadable` when locked, damaged or only pictures."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _refusal(error) from error
    if len(document) > PAGES:
        raise Unreadable("too_big", f"It has {len(document)} pages, more than {PAGES}. Split it.")
    pages = [_lines(document, number) for number in range(len(document))]
    if not any(line.text.strip() for page in pages for line in page):
        raise Unreadable(
            "no_text", "Its pages are pictures without text. Run text recognition (OCR) over it and upload the result."
        )
    body = _body(pages)
    return [_page(number, page, body) for number, page in enumerate(pages, 1)]


def _refusal(error: pypdfium2.PdfiumError) -> Unreadable:
    if getattr(error, "err_code", 0) == PASSWORD or "password" in str(error).lower():
        return Unreadable("encrypted", "The file is protected by a password. Remove the password and upload it again.")
    return Unreadable("damaged", "The file is damaged: it is no complete PDF. Upload it again or export it anew.")


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            "damaged", f"Page {number + 1} is damaged. Export the PDF anew and upload it again."
        ) from error
    found = list(_typed(text))
    text.close()
    page.close()
    return found


def _typed(text: pypdfium2.PdfTextPage) -> Iterator[Line]:
    start = at = 0
    for line in text.get_text_range().splitlines(keepends=True):
        first = raw.FPDFText_GetCharIndexFromTextIndex(text.raw, at + len(line) - len(line.lstrip()))
        at += len(line)
        words = clean(HYPHEN.sub("-", line)).rstrip()
        yield Line(start, words, raw.FPDFText_GetFontSize(text.raw, first), raw.FPDFText_GetFontWeight(text.raw, first))
        start += len(words) + 1


def _body(pages: list[list[Line]]) -> tuple[float, int]:
    """Size and boldness of what most of the text is set in."""
    sizes: Counter[float] = Counter()
    boldness: Counter[int] = Counter()
    for line in (line for page in pages for line in page):
        sizes[round(line.size, 1)] += len(line.text)
        boldness[line.boldness] += len(line.text)
    return max(sizes, key=sizes.__getitem__), max(boldness, key=boldness.__getitem__)


def _page(number: int, page: list[Line], body: tuple[float, int]) -> Page:
    text = "\n".join(line.text for line in page)
    found = {heading.start: heading for heading in numbered(text)}
    for line in page:
        if line.start not in found and (level := _level(line, *body)):
            found[line.start] = Heading(line.start, level, titled(line.text))
    return Page(number, text, tuple(found[start] for start in sorted(found)))


def _level(line: Line, size: float, boldness: int) -> int:
    """0 for text; 1 and 2 for larger type, 3 for bold type of the same size."""
    words = line.text.strip()
    if (
        not 2 <= len(words) <= 100
        or PROSE.search(words)
        or ROW.search(words)
        or len(FIGURES.findall(words)) > 0.25 * len(words)
    ):
        return 0
    if line.size >= 1.15 * size:
        return 1 if line.size >= 1.5 * size else 2
    # Unknown boldness is 0, and a figure at the end of a bold line is a table's total.
    bold = 0 < boldness * 1.25 <= line.boldness and line.size >= 0.97 * size
    return 3 if bold and not words[-1].isdigit() else 0
