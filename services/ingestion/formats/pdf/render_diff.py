"""Renders a page with and without its faint text: text that makes no difference is invisible."""

import ctypes
import time

import pypdfium2
from pypdfium2 import raw

SECONDS = 5.0  # of the processor's time for one document
PIXELS = 1500  # of the longer side, at most
CONTRAST = 16  # of 255: less is not noticed beside the paper's own white

Box = tuple[float, float, float, float]


class Easel:
    """Draws pages of one document, as long as its time lasts."""

    def __init__(self) -> None:
        self._left = SECONDS

    def drawing(self, page: pypdfium2.PdfPage, things: list[raw.FPDF_PAGEOBJECT]) -> "Drawing | None":
        """What these things add to a page; none when the time is over."""
        if self._left <= 0:
            return None
        began = time.process_time()
        try:
            return Drawing(page, things)
        finally:
            self._left -= time.process_time() - began


class Drawing:
    """Two bitmaps of a page: with some things and without them."""

    def __init__(self, page: pypdfium2.PdfPage, things: list[raw.FPDF_PAGEOBJECT]) -> None:
        self._page, self._scale = page, min(1.0, PIXELS / max(page.get_size()))
        whole = self._drawn()
        try:
            for thing in things:
                raw.FPDFPageObj_SetIsActive(thing, False)
            bare = self._drawn()
        finally:
            for thing in things:
                raw.FPDFPageObj_SetIsActive(thing, True)
        self._width, self._height, self._stride = whole.width, whole.height, whole.stride
        self._bytes = whole.n_channels
        self._whole, self._bare = bytes(whole.buffer), bytes(bare.buffer)

    def differs(self, box: Box) -> bool:
        """Whether the things show inside this box of the page."""
        left, bottom, right, top = box
        (x1, y1), (x2, y2) = self._pixel(left, top), self._pixel(right, bottom)
        first, last = max(min(x1, x2), 0) * self._bytes, (min(max(x1, x2), self._width - 1) + 1) * self._bytes
        for y in range(max(min(y1, y2), 0), min(max(y1, y2), self._height - 1) + 1):
            row = slice(y * self._stride + first, y * self._stride + last)
            if any(abs(a - b) >= CONTRAST for a, b in zip(self._whole[row], self._bare[row], strict=True)):
                return True
        return False

    def _drawn(self) -> pypdfium2.PdfBitmap:
        return self._page.render(scale=self._scale, may_draw_forms=False, draw_annots=False)

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        place = ctypes.byref(across), ctypes.byref(down)
        raw.FPDF_PageToDevice(self._page.raw, 0, 0, self._width, self._height, 0, x, y, *place)
        return across.value, down.value
