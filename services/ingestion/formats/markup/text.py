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
    r"\[([^\]]{0,1000})\]\(((?:<[^<>\n]{0,4000}>|[^()<>\s]|\([^()]{0,500}\)){0,4000})(?: \"[^\"]{0,500}\")?\)"
)
TARGET = re.compile(r"(?:https?://|mailto:)[^\s<>]{1,200}")
FEW = 500  # characters of targets that are kept in any page
DENSE = 0.2  # share of a page that its links' targets may have: above it they are a site's navigation


def plain(text: str) -> list[Page]:
    """Text as it is."""
    text = clean(text)
    return [Page(1, text, tuple(numbered(text)))]


def markdown(text: str) -> list[Page]:
    """Markdown as it is, without pictures."""
    text = PICTURE.sub(r"\1", clean(text))
    return [Page(1, text, tuple(marked(text)))]


def unmarked(text: str) -> str:
    """Generated Markdown with its headings and tables alone: no pictures, stress and escapes; links as `text (URL)`."""
    text = PICTURE.sub(r"\1", FIELD.sub("", text)).replace("~~~~", "")  # struck letter by letter
    told = sum(len(_target(link)) for link in LINK.finditer(text))
    text = LINK.sub(_linked if told <= DENSE * len(text) or told <= FEW else r"\1", text)
    return ESCAPED.sub(r"\1\2", STRESS.sub(r"\2", STRESS.sub(r"\2", text))).replace("&#9;", "\t")


def _target(link: re.Match[str]) -> str:
    """Where a link leads outside of the file; empty when its text says so itself."""
    found = TARGET.fullmatch(link[2].strip("<>"))
    where = found[0].removeprefix("mailto:") if found else ""
    return "" if where.rstrip("/") in link[1] else where


def _linked(link: re.Match[str]) -> str:
    where = _target(link)
    return f"{link[1]} ({where})" if where and link[1].strip() else link[1]
