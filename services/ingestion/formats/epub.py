"""EPUB books: chapters are headings, there are no pages."""

from services.ingestion.chunking.model import Page
from services.ingestion.formats.markup.markdown_pages import generated


def epub(data: bytes) -> list[Page]:
    """The text of a book."""
    return generated(data, "epub")
