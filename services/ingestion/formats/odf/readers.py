"""OpenDocument texts, sheets and slides."""

from services.ingestion.chunking.model import Page
from services.ingestion.formats.markup.markdown_pages import generated_page, own
from services.ingestion.formats.odf import hidden_content
from services.ingestion.formats.odf import odp as presentation
from services.ingestion.formats.odf import odt as opentext
from services.ingestion.formats.sheets import sheets


def odt(data: bytes) -> list[Page]:
    """A text, on one page."""
    return own(opentext.pages(hidden_content.visible(data)))


def ods(data: bytes) -> list[Page]:
    """A sheet is a page, its name the heading."""
    return sheets(hidden_content.visible(data), "ods")


def odp(data: bytes) -> list[Page]:
    """A slide is a page."""
    found = presentation.texts(hidden_content.visible(data))
    return [generated_page(number, text) for number, text in enumerate(found, 1)]
