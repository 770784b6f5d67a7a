"""Word, Excel and PowerPoint files from before 2007."""

from services.ingestion.chunking.model import Page
from services.ingestion.formats import sheets
from services.ingestion.formats.invisible import take
from services.ingestion.formats.markup.markdown_pages import own, own_page
from services.ingestion.formats.ole import doc_markdown, xls_sheets
from services.ingestion.formats.ole.ppt import Show


def doc(data: bytes) -> list[Page]:
    """Text with headings, lists and tables; then notes and text boxes."""
    return own(doc_markdown.pages(data))


def xls(data: bytes) -> list[Page]:
    """A sheet is a page, its name the heading."""
    return sheets.sheets(data, "xls", xls_sheets.hidden_sheets(data))


def ppt(data: bytes) -> list[Page]:
    """A slide is a page, in the order of the show, with its speaker's notes."""
    found = Show(data).slides()
    take("slides", sum(slide.hidden for slide in found))
    shown = [(place, slide) for place, slide in enumerate(found, 1) if not slide.hidden]
    return [own_page(place, "\n\n".join(filter(None, (slide.words, slide.notes)))) for place, slide in shown]
