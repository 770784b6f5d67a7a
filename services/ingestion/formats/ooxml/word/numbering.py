"""The numbers that Word writes before headings and items of lists."""

import re
from collections import defaultdict
from functools import partial
from xml.etree.ElementTree import Element

from services.ingestion.formats.ooxml.word.number_formats import numeral
from services.ingestion.formats.ooxml.word.wordml import W, child, children, number, on, run, val

LONGEST_CHAIN = 12  # styles that are based on one another
PLACE = re.compile(r"%(\d)")


class Numbering:
    """`numbering` and `styles` are the roots of those parts, None where a document has none."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._abstract = {val(one, "abstractNumId"): one for one in children(numbering, "abstractNum")}
        self._lists = {val(one, "numId"): one for one in children(numbering, "num")}
        self._styles = {val(one, "styleId"): one for one in children(styles, "style")}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun = set[str]()

    def write(self, document: Element) -> None:
        """Each numbered paragraph begins with its number as text, and counts no more as an item of a list."""
        for paragraph in document.iter(f"{W}p"):
            about = child(paragraph, "pPr")
            if (label := self.label(about)) and about is not None:
                paragraph.insert(list(paragraph).index(about) + 1, run(f"{label} "))
                for listed in children(about, "numPr"):
                    about.remove(listed)

    def label(self, about: Element | None) -> str:
        """The number of the next paragraph with these properties; empty for bullets and plain paragraphs."""
        found = self._place(about)
        levels = self._levels(found[0]) if found else {}
        if found is None or (level := levels.get(found[1])) is None:
            return ""
        counts = self._count(*found, levels)
        if val(child(level, "numFmt")) == "bullet":
            return ""
        written = partial(_written, counts=counts, levels=levels, legal=on(child(level, "isLgl")))
        return PLACE.sub(written, val(child(level, "lvlText")))

    def _place(self, about: Element | None) -> tuple[str, int] | None:
        """List and level of a paragraph: its own, or those of its style and what that is based on."""
        listed, level = val(child(about, "numPr", "numId")), val(child(about, "numPr", "ilvl"))
        own = style = val(child(about, "pStyle"))
        for _ in range(LONGEST_CHAIN):
            if (listed and level) or not style:
                break
            given = self._styles.get(style)
            listed = listed or val(child(given, "pPr", "numPr", "numId"))
            level = level or val(child(given, "pPr", "numPr", "ilvl"))
            style = val(child(given, "basedOn"))
        if listed in ("", "0"):
            return None
        return listed, int(level) if level.isdecimal() else self._level_of(own, listed)

    def _level_of(self, style: str, listed: str) -> int:
        """The level that names this style."""
        levels = self._levels(listed)
        return next((at for at, level in levels.items() if style and val(child(level, "pStyle")) == style), 0)

    def _levels(self, listed: str, deep: int = 0) -> dict[int, Element]:
        """By number from 0; a list may change some, or take all from a style's list."""
        given = self._lists.get(listed)
        abstract = self._abstract.get(val(child(given, "abstractNumId")))
        linked = self._styles.get(val(child(abstract, "numStyleLink")))
        if linked is not None and deep < LONGEST_CHAIN:
            return self._levels(val(child(linked, "pPr", "numPr", "numId")), deep + 1)
        found = {number(level, "ilvl"): level for level in children(abstract, "lvl")}
        own = ((number(one, "ilvl"), child(one, "lvl")) for one in children(given, "lvlOverride"))
        return found | {at: level for at, level in own if level is not None}

    def _count(self, listed: str, at: int, levels: dict[int, Element]) -> dict[int, int]:
        given = self._lists[listed]
        counts = self._counts[val(child(given, "abstractNumId"))]
        begins = {number(one, "ilvl"): child(one, "startOverride") for one in children(given, "lvlOverride")}
        if listed not in self._begun:
            self._begun.add(listed)
            for level, begin in begins.items():
                if begin is not None:
                    counts.pop(level, None)
        for level in range(at + 1):
            counts.setdefault(level, _start(begins.get(level), levels.get(level)) - (level == at))
        counts[at] += 1
        for deeper in [level for level in counts if level > at and not _goes_on(levels.get(level))]:
            del counts[deeper]
        return counts


def _start(begin: Element | None, level: Element | None) -> int:
    return number(begin if begin is not None else child(level, "start"), default=1)


def _goes_on(level: Element | None) -> bool:
    """It keeps counting when a higher level has a new item."""
    return val(child(level, "lvlRestart")) == "0"


def _written(place: re.Match[str], counts: dict[int, int], levels: dict[int, Element], legal: bool) -> str:
    at = int(place[1]) - 1
    form = val(child(levels.get(at), "numFmt"), default="decimal")
    return numeral(counts.get(at, 1), "decimal" if legal else form)
