"""Reads plain text and Markdown."""

import re
from functools import partial

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
ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>]{1,200}")
NAMES = "pdf|docx?|xls[xm]?|pptx?|od[tsp]|ofd|csv|txt|md|rtf|html?|zip|eml|msg"
FILE = re.compile(rf"(?![\w+.-]{{1,20}}:)[^\s<>?#]{{1,200}}\.(?:{NAMES})(?:#[^\s<>]{{0,100}})?", re.I)
FEW = 500  # characters of targets that are kept in any page, of each kind
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
    for kind in (ADDRESS, FILE):
        text = _told(text, kind)
    text = LINK.sub(r"\1", text)
    return ESCAPED.sub(r"\1\2", STRESS.sub(r"\2", STRESS.sub(r"\2", text))).replace("&#9;", "\t")


def _told(text: str, kind: re.Pattern[str]) -> str:
    """With the targets of this kind behind their links, unless they are navigation."""
    size = sum(len(_target(link, kind)) for link in LINK.finditer(text))
    return LINK.sub(partial(_linked, kind=kind), text) if 0 < size <= max(FEW, DENSE * len(text)) else text


def _target(link: re.Match[str], kind: re.Pattern[str]) -> str:
    """An address, or a file beside this one, that a link leads to; empty when its text says so itself."""
    found = kind.fullmatch(link[2].strip("<>"))
    where = found[0].removeprefix("mailto:") if found else ""
    return "" if where.rstrip("/") in link[1] else where


def _linked(link: re.Match[str], kind: re.Pattern[str]) -> str:
    where = _target(link, kind)
    return f"{link[1]} ({where})" if where and link[1].strip() else link[0]
