"""Which text of a PDF page is visible, and whether the page is a scan."""

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

from services.ingestion.formats.pdf.render_diff import Box, Drawing, Easel

INVISIBLE = 3  # the text render mode of a layer of recognised text under its scan, and of hidden words
WHITE = 245
TINY = 1.5  # points
DRAWN = 40  # paths: letters turned into curves
COVERS = 0.5  # of the page
OBJECTS = 5000  # looked at on a page that may be a picture

LONG = 40  # letters of a line whose middle is looked at

# Called for every line: a look-up less is a tenth of a page's time.
index_of = raw.FPDFText_GetCharIndexFromTextIndex
NUMBER, PLACE = ctypes.c_int, ctypes.c_void_p


def bare(function: Callable[..., Any], gives: type[Any], *takes: type[Any]) -> Callable[..., Any]:
    """The same function on plain addresses: ctypes looks at each typed pointer anew, for a third of the call."""
    address = ctypes.cast(function, PLACE).value  # type: ignore[arg-type]
    return ctypes.CFUNCTYPE(gives, *takes)(address)  # type: ignore[arg-type]


object_of = bare(raw.FPDFText_GetTextObject, PLACE, PLACE, NUMBER)
mode_of = bare(raw.FPDFTextObj_GetTextRenderMode, NUMBER, PLACE)
colour_of = bare(raw.FPDFText_GetFillColor, NUMBER, PLACE, NUMBER, *[PLACE] * 4)


class Ink:
    """One page's: it looks at a line's first and last letter, and its middle, and at every letter where one is odd."""

    def __init__(self, page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, easel: Easel) -> None:
        self._easel, self._page, self._text, self._place = easel, page, text.raw, ctypes.cast(text.raw, PLACE).value
        self._colour = (ctypes.c_uint * 4)()
        first, size = ctypes.addressof(self._colour), ctypes.sizeof(ctypes.c_uint)
        self._parts = [first + n * size for n in range(4)]
        self._grounds: list[Box] | None = None
        self._drawing: Drawing | None = None

    def shown(self, line: str, at: int, first: int, size: float) -> str:
        """What can be seen of a line that starts `at` this place of the page's text, in type of this size."""
        length = len(line.strip())
        if first < 0 or not length:
            return line
        # Near enough: letters that the engine adds or leaves out are few.
        places = [first, first + length - 1]
        if length > LONG:
            places.append(first + length // 2)
        if size >= TINY and all(map(self._plain, places)):
            return line
        signs = {self._hidden(place) for place in places}
        if signs == {True}:
            return line[len(line.rstrip()) :]
        if signs == {False}:
            return line
        seen = (letter.isspace() or not self._hidden(index_of(self._text, n)) for n, letter in enumerate(line, at))
        return "".join(letter for letter, shown in zip(line, seen, strict=True) if shown)

    def _plain(self, index: int) -> bool:
        """Drawn in a colour that shows on paper: nearly all letters are."""
        colour_of(self._place, index, *self._parts)
        red, green, blue, alpha = self._colour
        dark = alpha and (red < WHITE or green < WHITE or blue < WHITE)
        return bool(dark) and mode_of(object_of(self._place, index)) != INVISIBLE

    def _hidden(self, index: int) -> bool:
        """Transparent, of no size, rendered invisibly without a picture above it, or white on white."""
        if not colour_of(self._place, index, *self._parts):
            return False
        faint = _faint(*self._colour)
        if mode_of(object_of(self._place, index)) == INVISIBLE:
            return not self._on_ground(index)
        if faint:
            return not (self._colour[3] and self._on_ground(index)) and not self._drawn(index)
        return raw.FPDFText_GetFontSize(self._text, index) < TINY and 0 < self._height(index) < TINY

    def _height(self, index: int) -> float:
        """Of the line that a letter is set for, not of its own marks: a full stop is small in any type."""
        box = raw.FS_RECTF()
        if not raw.FPDFText_GetLooseCharBox(self._text, index, ctypes.byref(box)):
            return 0.0
        return float(max(box.top - box.bottom, box.right - box.left))

    def _box(self, index: int) -> Box:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(self._text, index, *(ctypes.byref(side) for side in (left, right, bottom, top)))
        return left.value, bottom.value, right.value, top.value

    def _drawn(self, index: int) -> bool:
        """Whether a letter shows all the same: outlined, filled with a pattern, or on a ground that was not found."""
        if self._drawing is None:
            faint = [thing for thing in _things(self._page) if _text(thing) and _faint(*_colour(thing))]
            self._drawing = self._easel.drawing(self._page, faint)
        return self._drawing is not None and self._drawing.differs(self._box(index))

    def _on_ground(self, index: int) -> bool:
        """Whether something dark, or a picture, lies where a letter is."""
        if self._grounds is None:
            self._grounds = [_bounds(thing) for thing in _things(self._page) if _dark(thing)]
        left, bottom, right, top = self._box(index)
        x, y = (left + right) / 2, (bottom + top) / 2
        return any(a <= x <= c and b <= y <= d for a, b, c, d in self._grounds)


def pictured(page: pypdfium2.PdfPage, stamped: bool) -> bool:
    """Whether a page with little text, or none, shows more than its text: a scan, or letters drawn as curves."""
    width, height = page.get_size()
    covered, paths = 0.0, 0
    for thing in _things(page):
        if raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = _bounds(thing)
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        paths += raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_PATH
    return covered > COVERS * width * height or (not stamped and (paths > DRAWN or covered > 0.05 * width * height))


def _things(page: pypdfium2.PdfPage) -> Iterator[raw.FPDF_PAGEOBJECT]:
    """The page's objects; those within forms are taken with the form's own place."""
    for n in range(min(raw.FPDFPage_CountObjects(page.raw), OBJECTS)):
        thing = raw.FPDFPage_GetObject(page.raw, n)
        if raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_FORM:
            for inner in range(min(raw.FPDFFormObj_CountObjects(thing), OBJECTS)):
                yield raw.FPDFFormObj_GetObject(thing, inner)
        else:
            yield thing


def _dark(thing: raw.FPDF_PAGEOBJECT) -> bool:
    """Something that white letters can be read on."""
    kind = raw.FPDFPageObj_GetType(thing)
    if kind != raw.FPDF_PAGEOBJ_PATH:
        return bool(kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING))
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(thing, ctypes.byref(mode), ctypes.byref(stroked))
    return mode.value != raw.FPDF_FILLMODE_NONE and min(_colour(thing)[:3]) < WHITE


def _text(thing: raw.FPDF_PAGEOBJECT) -> bool:
    return bool(raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_TEXT)


def _colour(thing: raw.FPDF_PAGEOBJECT) -> list[int]:
    """Red, green, blue and how opaque, 0 to 255 each; a pattern is told as white."""
    parts = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFPageObj_GetFillColor(thing, *(ctypes.byref(part) for part in parts))
    return [part.value for part in parts]


def _faint(red: int, green: int, blue: int, alpha: int) -> bool:
    return alpha == 0 or min(red, green, blue) >= WHITE


def _bounds(thing: raw.FPDF_PAGEOBJECT) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(thing, *(ctypes.byref(side) for side in (left, bottom, right, top)))
    return left.value, bottom.value, right.value, top.value
