"""Pages from Markdown that a library or one of our readers wrote."""

import re
from collections.abc import Iterable

import kreuzberg

from services.ingestion.chunking.model import Page, marked
from services.ingestion.formats.invisible import clean
from services.ingestion.formats.markup.html_csv import quiet
from services.ingestion.formats.markup.text import unmarked
from services.ingestion.formats.media_types import MEDIA

EMPTY_ROW = re.compile(r"^\|(?:[ \t]*\|)+[ \t]*(?:\n|$)", re.M)


def own(texts: Iterable[str]) -> list[Page]:
    """Texts of our own readers, a page each."""
    return [own_page(number, text) for number, text in enumerate(texts, 1)]


def own_page(number: int, text: str) -> Page:
    """One page of our own reader's Markdown."""
    text = clean(text).strip()
    return Page(number, text, tuple(marked(text)))


def generated_page(number: int, text: str) -> Page:
    """One page of a library's Markdown, without the links, pictures, stress and escapes that it adds."""
    text = unmarked(EMPTY_ROW.sub("", clean(text))).strip()
    return Page(number, text, tuple(marked(text)))


def generated(data: bytes, kind: str) -> list[Page]:
    """A file's pages as kreuzberg tells them; one page where the format has none."""
    found = kreuzberg.extract_bytes_sync(data, MEDIA[kind], quiet(pages=kreuzberg.PageConfig(extract_pages=True)))
    if not found.pages:
        return [generated_page(1, found.content)]
    return [generated_page(page["page_number"], page["content"]) for page in found.pages]


def with_words(found: list[Page], words: str) -> list[Page]:
    """The same pages with words after the last one's."""
    if not words or not found:
        return found
    last = found[-1]
    return [*found[:-1], generated_page(last.number, f"{last.text}\n\n{words}")]
