"""Raised figures kept apart from the number before them, and words that were broken at the end of a line."""

import ctypes
import re

from pypdfium2 import raw

from services.ingestion.formats.pdf.visibility import NUMBER, PLACE, bare, index_of

TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,]*\d")
SMALL, RAISED = 0.87, 0.1  # of the height of the type before: of a raised figure, and how far up it stands
# pdfium's marks in place of a hyphen at the end of a line.
BROKEN = re.compile("([A-Za-z0-9]*)[\x02\ufffe](?=([A-Za-z0-9]?))")
# First parts of English compounds; other words that are broken are one word.
COMPOUND = frozenset({
    "all", "cross", "double", "ex", "four", "full", "half", "high", "in", "long", "low", "multi", "non", "off", "on",
    "one", "part", "quasi", "real", "self", "semi", "short", "state", "third", "three", "two", "up", "well", "year",
})  # fmt: skip
origin_of = bare(raw.FPDFText_GetCharOrigin, NUMBER, PLACE, NUMBER, PLACE, PLACE)
box_of = bare(raw.FPDFText_GetLooseCharBox, NUMBER, PLACE, NUMBER, PLACE)


class Typography:
    """One page's. `text` is pdfium's text page."""

    def __init__(self, text: raw.FPDF_TEXTPAGE) -> None:
        self._text, self._place = text, ctypes.cast(text, PLACE).value
        self._box, self._x, self._y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        self._to = ctypes.addressof(self._box), ctypes.addressof(self._x), ctypes.addressof(self._y)

    def raised(self, line: str, at: int) -> list[int]:
        """Where in a line raised figures begin; it starts `at` this place of the page's text."""
        return [place for token in TOKEN.finditer(line) if (place := self._raised(*token.span(), at))]

    def _raised(self, start: int, end: int, at: int) -> int:
        """Where in the line the raised end of a token begins; 0 when there is none."""
        size, base = self._type(at + start)
        if not self._above(at + end - 1, size, base):
            return 0
        first = end - 1
        while first > start and self._above(at + first - 1, size, base):
            first -= 1
        return first if first > start else 0

    def _type(self, place: int) -> tuple[float, float]:
        """Height of the type and its baseline."""
        index = index_of(self._text, place)
        box_of(self._place, index, self._to[0])
        origin_of(self._place, index, *self._to[1:])
        return self._box.top - self._box.bottom, self._y.value

    def _above(self, place: int, size: float, base: float) -> bool:
        height, line = self._type(place)
        return 0 < height < SMALL * size and line > base + RAISED * size


def marked(line: str, places: list[int]) -> str:
    """A line with `^` before raised figures: `10^6`, `24.91^2`."""
    for place in reversed(places):
        line = f"{line[:place]}^{line[place:]}"
    return line


def rejoined(line: str) -> str:
    """A line with the words whole that pdfium has joined over the end of a line; codes and compounds keep `-`."""
    return BROKEN.sub(lambda found: found[1] + ("-" if _hyphenated(found[1], found[2]) else ""), line)


def _hyphenated(before: str, after: str) -> bool:
    coded = before[-1:].isdigit() or after.isdigit() or after.isupper() or (len(before) > 1 and before.isupper())
    return coded or before.lower() in COMPOUND
