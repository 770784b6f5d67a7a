"""Headers and footers of a DOCX, each line once: numbers of contracts and dates of issue stand in them."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.relationships import relations, tree_of
from services.ingestion.formats.ooxml.word.names import USUAL
from services.ingestion.formats.ooxml.word.wordml import W, val

# The parts in which hidden_content.py looks for hidden words.
PARTS = re.compile(r"word/(?:header|footer)\d*\.xml")
KINDS = ("/header", "/footer")
# What is computed for each page, was struck or moved away, or is there for older readers.
ASIDE = {"fldSimple", "instrText", "del", "moveFrom", "Fallback", "pPr"}
LONGEST = 30  # characters of what may be a number of a page: the expression is slow on long ones
NUMBERS = re.compile(r"[\W\d_]*(?:page|seite|第)?[\W\d_]*(?:of|von|/|页|共)?[\W\d_]*页?[\W\d_]*", re.I)


def in_margins(data: bytes) -> str:
    """The lines of all headers, then of all footers, without numbers of pages."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        if USUAL not in box.namelist():
            return ""
        try:
            lines = [line for kind in KINDS for line in _lines(box, kind)]
        except (ElementTree.ParseError, RecursionError):  # damaged, or nested on purpose: the text is read all the same
            return ""
    return "\n\n".join(dict.fromkeys(lines))


def _lines(box: zipfile.ZipFile, kind: str) -> Iterator[str]:
    for named, part in relations(box, USUAL).values():
        if named.endswith(kind) and PARTS.fullmatch(part) and part in box.namelist():
            for paragraph in tree_of(box, part).iter(f"{W}p"):
                text = " ".join("".join(_said(paragraph, [])).split())
                if text and (len(text) > LONGEST or not NUMBERS.fullmatch(text)):
                    yield text


def _said(element: Element, fields: list[bool]) -> Iterator[str]:
    """The text outside of fields; `fields` has those that are open."""
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "fldChar" and val(child, "fldCharType") == "begin":
            fields.append(True)
        elif name == "fldChar" and val(child, "fldCharType") == "end":
            del fields[-1:]
        elif name == "t":
            yield "" if fields else child.text or ""
        elif name in ("tab", "br"):
            yield " "
        elif name not in ASIDE and name != "p":  # a paragraph in a box is one of its own
            yield from _said(child, fields)
