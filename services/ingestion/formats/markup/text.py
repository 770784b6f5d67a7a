"""Reads plain text and Markdown."""

import re

from services.ingestion.chunking.model import Page, marked, numbered
from services.ingestion.formats.invisible import clean

PICTURE = re.compile(r"!\[([^\]]{0,500})\]\((?:<[^<>\n]*>|data:[\w+/=;:,.%-]*|[^)]{0,2000})\)")
STRESS = re.compile(r"(?<![\\*_\w])(\*\*|__|\*|_)(?=[^\s*_])([^\n]{1,300}?)(?<=[^\s\\*_])\1(?![\w*_])")
FIELD = re.compile(r'\b(?:HYPERLINK|PAGEREF|INCLUDEPICTURE) (?:\\\\\w )?"[^"\n]*" ?')
# A bar would end a table's cell, and a number sign at the start of a line begin a heading.
ESCAPED = re.compile(r"\\([^\w\s|#])|(?<=[^\n])\\(#)")
LINK = re.compile(
    r"\[([^\]]{0,1000})\]\((?:<[^<>\n]{0,4000}>|[^()<>\s]|\([^()]{0,500}\)){0,4000}(?: \"[^\"]{0,500}\")?\)"
)


def plain(text: str) -> list[Page]:
    """Text as it is."""
    text = clean(text)
    return [Page(1, text, tuple(numbered(text)))]


def markdown(text: str) -> list[Page]:
    """Markdown as it is, without pictures."""
    text = PICTURE.sub(r"\1", clean(text))
    return [Page(1, text, tuple(marked(text)))]


def unmarked(text: str) -> str:
    """Generated Markdown with its headings and tables alone: no links, pictures, stress and escapes."""
    text = LINK.sub(r"\1", PICTURE.sub(r"\1", FIELD.sub("", text)))
    return ESCAPED.sub(r"\1\2", STRESS.sub(r"\2", STRESS.sub(r"\2", text))).replace("&#9;", "\t")
