"""Reads HTML and CSV."""

import re
from typing import Any

import kreuzberg

from services.ingestion.chunking.model import Page
from services.ingestion.formats.invisible import clean
from services.ingestion.formats.markup.html_hidden import visible
from services.ingestion.formats.markup.html_spans import spread
from services.ingestion.formats.markup.text import markdown, unmarked
from services.ingestion.formats.ooxml.emphasis import of_page

TITLE = re.compile(r"\A---\n+(?:## )?title: ([^\n]*)\n(?:[^\n]+\n)*(?:---\n)?")
# A raised figure that stands at a number or a word.
RAISED = re.compile(r"(?<=[A-Za-z0-9])\s{0,8}<sup\b[^>]{0,1000}>(?=\s{0,8}(?:<[^>]{1,1000}>){0,4}[A-Za-z0-9])", re.I)
# What a page's head says of it to machines, its title apart.
ABOUT = re.compile(r"<(?:meta|link|base)\b[^>]{0,10000}>", re.I)


def start() -> None:
    """Let the library start its threads."""
    rendered(b"<p>.</p>", "text/html")


def html(text: str) -> list[Page]:
    """HTML as Markdown: no scripts, styles or pictures."""
    return markdown(unstyled(text))


def csv(text: str) -> list[Page]:
    """Comma, semicolon or tab separated values as one table."""
    return markdown(rendered(clean(text).encode(), "text/csv"))


def rendered(data: bytes, media: str, **options: Any) -> str:
    """A file of `media` type as Markdown."""
    return kreuzberg.extract_bytes_sync(data, media, quiet(**options)).content


def quiet(**options: Any) -> kreuzberg.ExtractionConfig:
    """Extraction that reads and writes nothing but its input."""
    settings: dict[str, Any] = {
        "output_format": "markdown",
        "use_cache": False,
        "disable_ocr": True,
        "enable_quality_processing": False,
    }
    return kreuzberg.ExtractionConfig(**(settings | options))


def unstyled(text: str) -> str:
    """HTML as Markdown text."""
    # The declared charset is the file's; what the reader gets is UTF-8 already.
    shown = RAISED.sub("^", ABOUT.sub("", visible(clean(text))))
    found = rendered(of_page(spread(shown)).encode(), "text/html")
    return unmarked(TITLE.sub(r"# \1\n\n", found))
