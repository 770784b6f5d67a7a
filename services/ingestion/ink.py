"""Which text of a PDF page can be seen, and whether the page is a picture."""

import ctypes
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

INVISIBLE = 3  # the text render mode of a layer of recognised text under its scan, and of hidden words
WHITE = 245
TINY = 1.5  # points
DRAWN = 40  # paths: letters turned into curves
COVERS = 0.5  # of the page
OBJECTS = 5000  # looked at on a page that may be a picture

Box = tuple[float, float, float, float]


class Ink:
    """One page's: it looks at a line's first, middle and last letter, and at every letter where these differ."""

    def __init__(self, page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> None:
        self._page, self._text = page, text.raw
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._refs = [ctypes.byref(part) for part in self._colour]
        self._grounds: list[Box] | None = None

    def shown(self, line: str, at: int, first: int) -> str:
        """What can be seen of a line that starts `at` this place of the page's text."""
        last = at + len(line.rstrip()) - 1
        if first < 0 or last < at:
            return line
        signs = {self._hidden(first), self._hidden(self._index((at + last) // 2)), self._hidden(self._index(last))}
        if signs == {False}:
            return line
        if signs == {True}:
            return line[len(line.rstrip()) :]
        return "".join(
            letter for n, letter in enumerate(line, at) if letter.isspace() or not self._hidden(self._index(n))
        )

    def _index(self, at: int) -> int:
        return int(raw.FPDFText_GetCharIndexFromTextIndex(self._text, at))

    def _hidden(self, index: int) -> bool:
        """Transparent, of no size, rendered invisibly without a picture above it, or white on white."""
        if not raw.FPDFText_GetFillColor(self._text, index, *self._refs):
            return False
        red, green, blue, alpha = (part.value for part in self._colour)
        if raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(self._text, index)) == INVISIBLE:
            return not self._on_ground(index, pictures=True)
        if alpha == 0 or (min(red, green, blue) >= WHITE and not self._on_ground(index)):
            return True
        return raw.FPDFText_GetFontSize(self._text, index) < TINY and 0 < self._height(index) < TINY

    def _height(self, index: int) -> float:
        left, bottom, right, top = self._box(index)
        return max(top - bottom, right - left)

    def _box(self, index: int) -> Box:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(self._text, index, *(ctypes.byref(side) for side in (left, right, bottom, top)))
        return left.value, bottom.value, right.value, top.value

    def _on_ground(self, index: int, pictures: bool = False) -> bool:
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
    colour, mode, stroked = [ctypes.c_uint() for _ in range(4)], ctypes.c_int(), ctypes.c_int()
    raw.FPDFPageObj_GetFillColor(thing, *(ctypes.byref(part) for part in colour))
    raw.FPDFPath_GetDrawMode(thing, ctypes.byref(mode), ctypes.byref(stroked))
    return mode.value != raw.FPDF_FILLMODE_NONE and min(part.value for part in colour[:3]) < WHITE


def _bounds(thing: raw.FPDF_PAGEOBJECT) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(thing, *(ctypes.byref(side) for side in (left, bottom, right, top)))
    return left.value, bottom.value, right.value, top.value
