"""Texts in, pages out: as they are, and Markdown."""

import re

from services.ingestion.pages import Page, marked, numbered
from services.ingestion.unseen import clean

PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]*)\]\((?:[^()\s]|\([^()]*\))*(?: \"[^\"]*\")?\)")


def plain(text: str) -> list[Page]:
    """Text as it is."""
    text = clean(text)
    return [Page(1, text, tuple(numbered(text)))]


def markdown(text: str) -> list[Page]:
    """Markdown as it is, without pictures."""
    text = PICTURE.sub(r"\1", clean(text))
    return [Page(1, text, tuple(marked(text)))]
