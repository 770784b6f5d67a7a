"""Removes hidden words, rows, columns, sheets and slides from OpenDocument files, and counts them."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from services.ingestion.formats.invisible import take
from services.ingestion.formats.ooxml.hidden_content import repacked
from services.ingestion.formats.ooxml.relationships import keep_prefixes

Element = ElementTree.Element
# Without one of these nothing is hidden, and the file is taken as it is.
SIGNS = re.compile(
    rb'display="(?:none|false)"|color="#[fF]{6}"|font-size="[01](?:\.\d+)?pt"|visibility="(?:collapse|filter|hidden)"'
    rb"|text:hidden-"
)
TINY = re.compile(r"[01](?:\.\d+)?pt")
CONTENT, STYLES = "content.xml", "styles.xml"
MOST = 16_384  # columns of a sheet


class Style(NamedTuple):
    """What a style says of its words: None leaves it to the one that it is made from."""

    parent: str
    hidden: bool
    white: bool | None
    shaded: bool | None


def visible(data: bytes) -> bytes:
    """The file itself when nothing in it is hidden."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        parts = {name: box.read(name) for name in (STYLES, CONTENT) if name in box.namelist()}
        if CONTENT not in parts or not any(SIGNS.search(part) for part in parts.values()):
            return data
        shown = _shown(parts[CONTENT].decode("utf-8-sig"), parts.get(STYLES, b"").decode("utf-8-sig"))
        return repacked(box, {CONTENT: shown.encode()})


def _shown(content: str, styles: str) -> str:
    keep_prefixes(content)
    roots = [ElementTree.fromstring(part) for part in (styles, content) if part]  # noqa: S314  no DTD: zip_safety.py
    sheet = _Sheet({name: style for root in roots for name, style in _styles(root)})
    sheet.clear(roots[-1], hidden=False, white=False, shaded=False)
    return ElementTree.tostring(roots[-1], encoding="unicode")


def _styles(root: Element) -> Iterator[tuple[str, Style]]:
    for style in root.iter():
        if local(style) not in ("style", "default-style"):
            continue
        facts = {_name(name): value for part in style for name, value in part.items()}
        off = facts.get("display") in ("none", "false") or facts.get("visibility") == "hidden"
        color, ground = facts.get("color", ""), facts.get("background-color") or facts.get("fill-color") or ""
        yield (
            attribute(style, "name"),
            Style(
                attribute(style, "parent-style-name"),
                off or bool(TINY.fullmatch(facts.get("font-size", ""))),
                color.lower() == "#ffffff" if color else None,
                ground.lower() not in ("transparent", "#ffffff") if ground else None,
            ),
        )


class _Sheet:
    """The styles of a file, and what they hide of it."""

    def __init__(self, styles: dict[str, Style]) -> None:
        self._styles = styles

    def clear(self, element: Element, hidden: bool, white: bool, shaded: bool) -> None:
        """Take out what is hidden below an element; colour and ground hold for what is inside, too."""
        own = self._whole(attribute(element, "style-name"))
        white, shaded = (white if own.white is None else own.white), shaded or bool(own.shaded)
        hidden = hidden or own.hidden or _veiled(element) or (white and not shaded)
        if hidden and element.text:
            take("hidden", len("".join(element.text.split())))
            element.text = ""
        if local(element) == "table":
            _columns(element)
        for child in list(element):
            if kind := self._left_out(child):
                take(kind, 1)
                # A slide keeps its place, so that the next one keeps its number.
                if kind == "slides":
                    child[:] = []
                else:
                    element.remove(child)
                continue
            self.clear(child, hidden, white, shaded)
            if hidden and child.tail:
                take("hidden", len("".join(child.tail.split())))
                child.tail = ""

    def _left_out(self, child: Element) -> str:
        """What is left out as a whole: how it is counted."""
        if local(child) == "table-row" and attribute(child, "visibility") in ("collapse", "filter"):
            return "rows"
        kind = {"table": "sheets", "page": "slides"}.get(local(child), "")
        return kind if kind and self._whole(attribute(child, "style-name")).hidden else ""

    def _whole(self, name: str) -> Style:
        """With what it is made from."""
        found, seen = Style("", False, None, None), set[str]()
        while name in self._styles and name not in seen:
            seen.add(name)
            one = self._styles[name]
            found = Style(
                "",
                found.hidden or one.hidden,
                one.white if found.white is None else found.white,
                one.shaded if found.shaded is None else found.shaded,
            )
            name = one.parent
        return found


def _veiled(element: Element) -> bool:
    return attribute(element, "display") == "none" or local(element) in ("hidden-text", "hidden-paragraph")


def _columns(table: Element) -> None:
    """Empties the cells of columns that are collapsed."""
    hidden = {
        at for at, column in _spread(table.iter(), "table-column") if attribute(column, "visibility") == "collapse"
    }
    used = set[int]()
    for row in table.iter() if hidden else ():
        for at, cell in _spread(row, "table-cell") if local(row) == "table-row" else ():
            if at in hidden and "".join(cell.itertext()).strip():
                used.add(at)
                cell[:] = []
    take("columns", len(used))


def _spread(elements: Iterator[Element] | Element, name: str) -> Iterator[tuple[int, Element]]:
    """Each with its number from 0; one that is repeated has several."""
    at = 0
    for one in elements:
        if local(one) != name:
            continue
        repeated = attribute(one, "number-columns-repeated")
        for _ in range(min(int(repeated) if repeated.isdigit() else 1, MOST - at)):
            yield at, one
            at += 1


def local(element: Element) -> str:
    """Its name without its namespace."""
    return _name(element.tag) if isinstance(element.tag, str) else ""


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """By its name without its namespace."""
    return next((value for key, value in element.items() if _name(key) == name), "")
