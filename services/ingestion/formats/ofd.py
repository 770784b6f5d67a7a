"""Reads OFD (GB/T 33190), the format of Chinese invoices and official documents."""

import posixpath
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element

from services.ingestion.chunking.model import Page, Unreadable
from services.ingestion.formats.markup.markdown_pages import own
from services.ingestion.formats.ooxml.relationships import tree_of

ENTRY = "OFD.xml"
LINE = 2.0  # millimetres within which pieces of text stand in one line
PAGES = 5000


def ofd(data: bytes) -> list[Page]:
    """Each page's text by lines, from top to bottom and left to right; pictures and seals have none."""
    with zipfile.ZipFile(BytesIO(data)) as box:
        try:
            return own(_text(tree_of(box, part)) for part in _pages(box))
        except KeyError as missing:
            words = f"The file is damaged: a part of it is missing ({missing}). Export it anew and upload it again."
            raise Unreadable("damaged", words) from missing


def _pages(box: zipfile.ZipFile) -> Iterator[str]:
    for root in tree_of(box, ENTRY).iterfind("{*}DocBody/{*}DocRoot"):
        document = _part("", root.text or "")
        for page in tree_of(box, document).findall("{*}Pages/{*}Page")[:PAGES]:
            yield _part(document, page.get("BaseLoc", ""))


def _part(of: str, place: str) -> str:
    """A path in the container; a relative one starts where its own part is."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(of), place.strip()))[1:]


def _text(page: Element) -> str:
    lines: defaultdict[float, list[tuple[float, str]]] = defaultdict(list)
    for thing in page.iterfind(".//{*}TextObject"):
        left, top = _corner(thing)
        for code in thing.iterfind("{*}TextCode"):
            row = round((top + _number(code.get("Y", "0"))) / LINE)
            lines[row].append((left + _number(code.get("X", "0")), code.text or ""))
    return "\n".join("  ".join(text for _, text in sorted(lines[row])) for row in sorted(lines))


def _corner(thing: Element) -> tuple[float, float]:
    places = (thing.get("Boundary") or "").split()
    return (_number(places[0]), _number(places[1])) if len(places) > 1 else (0.0, 0.0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
