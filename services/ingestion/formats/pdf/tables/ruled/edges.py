"""The straight lines that a page draws."""

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from services.ingestion.formats.pdf.tables.words import LEFT, RIGHT
from services.ingestion.formats.pdf.visibility import NUMBER, PLACE, bare

OBJECTS, SEGMENTS, EDGES = 5000, 400, 1200  # looked at: on a page, of a path, in all
BOX = 5  # segments of a box
THIN, SHORT, NESTED = 2.0, 3.0, 4  # points; forms within forms
Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
DRAWN = (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM)

type_of = bare(raw.FPDFPageObj_GetType, NUMBER, PLACE)
object_at = bare(raw.FPDFPage_GetObject, PLACE, PLACE, NUMBER)
inner_at = bare(raw.FPDFFormObj_GetObject, PLACE, PLACE, ctypes.c_ulong)
matrix_of = bare(raw.FPDFPageObj_GetMatrix, NUMBER, PLACE, PLACE)
mode_of = bare(raw.FPDFPath_GetDrawMode, NUMBER, PLACE, PLACE, PLACE)
bounds_of = bare(raw.FPDFPageObj_GetBounds, NUMBER, PLACE, *[PLACE] * 4)
count_of = bare(raw.FPDFPath_CountSegments, NUMBER, PLACE)
segment_of = bare(raw.FPDFPath_GetPathSegment, PLACE, PLACE, NUMBER)
point_of = bare(raw.FPDFPathSegment_GetPoint, NUMBER, PLACE, PLACE, PLACE)
kind_of = bare(raw.FPDFPathSegment_GetType, NUMBER, PLACE)
closes = bare(raw.FPDFPathSegment_GetClose, NUMBER, PLACE)


class Edge(NamedTuple):
    """From `start` to `end` along its direction, `at` this place across it."""

    start: float
    end: float
    at: float


class Edges:
    """Horizontal and vertical lines of one page; a thin filled box is one line, a wide one is shading."""

    def __init__(self, page: pypdfium2.PdfPage, turns: int) -> None:
        self.across, self.down, self._turns = list[Edge](), list[Edge](), turns
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._x, self._y, self._matrix = ctypes.c_float(), ctypes.c_float(), raw.FS_MATRIX()
        self._bounds = (ctypes.c_float * 4)()
        self._sides = [ctypes.addressof(self._bounds) + n * ctypes.sizeof(ctypes.c_float) for n in range(4)]
        self._modes = ctypes.addressof(self._fill), ctypes.addressof(self._stroke)
        self._point = ctypes.addressof(self._x), ctypes.addressof(self._y)
        place, self._left = ctypes.cast(page.raw, PLACE).value, OBJECTS
        for n in range(min(raw.FPDFPage_CountObjects(page.raw), OBJECTS)):
            thing = object_at(place, n)
            if type_of(thing) in DRAWN:
                self._look(thing, IDENTITY, NESTED)

    @property
    def full(self) -> bool:
        """More lines than a table has: a drawing."""
        return len(self.across) + len(self.down) > EDGES

    def _look(self, thing: int, within: Matrix, depth: int) -> None:
        kind, self._left = type_of(thing), self._left - 1
        if self.full or self._left < 0 or kind not in DRAWN:
            return
        if kind == raw.FPDF_PAGEOBJ_PATH:
            mode_of(thing, *self._modes)
            if not self._fill.value and not self._stroke.value:
                return
            if within == IDENTITY and not self._stroke.value and count_of(thing) <= BOX:
                return self._box(thing)
        matrix_of(thing, ctypes.addressof(self._matrix))
        whole = _product(self._matrix, within)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            for points in self._outlines(thing, whole):
                self._add(points, bool(self._stroke.value))
        elif depth:
            form = ctypes.cast(thing, raw.FPDF_PAGEOBJECT)
            for n in range(min(raw.FPDFFormObj_CountObjects(form), OBJECTS)):
                self._look(inner_at(thing, n), whole, depth - 1)

    def _box(self, path: int) -> None:
        """One box that is filled: a line when it is thin, shading when it is not."""
        bounds_of(path, *self._sides)
        left, bottom, right, top = self._bounds
        if right - left < THIN or top - bottom < THIN:
            (x0, y0), (x1, y1) = self._turned(left, bottom), self._turned(right, top)
            self._line(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _outlines(self, path: int, m: Matrix) -> Iterator[list[Point]]:
        points = list[Point]()
        for n in range(min(count_of(path), SEGMENTS)):
            segment = segment_of(path, n)
            point_of(segment, *self._point)
            x, y = self._x.value, self._y.value
            point = self._turned(m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
            if kind_of(segment) == raw.FPDF_SEGMENT_MOVETO and points:
                yield points
                points = []
            points.append(point)
            if closes(segment):
                points.append(points[0])
        if points:
            yield points

    def _turned(self, x: float, y: float) -> Point:
        return (y, -x) if self._turns == LEFT else (-y, x) if self._turns == RIGHT else (x, y)

    def _add(self, points: list[Point], stroked: bool) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) - min(xs) < THIN or max(ys) - min(ys) < THIN:
            self._line(min(xs), min(ys), max(xs), max(ys))
        elif stroked:
            for (x0, y0), (x1, y1) in pairwise(points):
                self._line(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if y1 - y0 < THIN and x1 - x0 > SHORT:
            self.across.append(Edge(x0, x1, (y0 + y1) / 2))
        elif x1 - x0 < THIN and y1 - y0 > SHORT:
            self.down.append(Edge(y0, y1, (x0 + x1) / 2))


def _product(own: raw.FS_MATRIX, m: Matrix) -> Matrix:
    return (
        own.a * m[0] + own.b * m[2],
        own.a * m[1] + own.b * m[3],
        own.c * m[0] + own.d * m[2],
        own.c * m[1] + own.d * m[3],
        own.e * m[0] + own.f * m[2] + m[4],
        own.e * m[1] + own.f * m[3] + m[5],
    )
