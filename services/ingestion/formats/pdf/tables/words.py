"""The words of a page and where they stand."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pypdfium2 import raw

from services.ingestion.chunking.segments import weight
from services.ingestion.formats.pdf.typography import box_of, marked, origin_of
from services.ingestion.formats.pdf.visibility import PLACE, index_of

# A mark at its end stands for a hyphen where a line was broken: what follows it is set in the next line.
TOKEN = re.compile("[^\\s\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")
# Neighbouring cells that stand so close that they are read as one word.
FUSED = re.compile(r"\d,\d{3}\d|\d\.\d+[.,]\d|[)%†*][\d$(]|\d[$€£(]\d|[a-z]\$?\d{1,3}(,\d{3})+|[-–—]{2}|\d[—–]\d*")
MARKS = "\x02\ufffe"
APART = 0.18  # of the type's height: a gap within a fused word
SPARSE = 0.6  # of the type's height: room for a letter, at least, in a line with wide gaps
SAME_LINE = 0.12  # of the type's height: a line that is no lower than this than the one before stands beside it
SEVERAL = 2.5  # of the type's height: more than a line that was broken at a hyphen goes down
UPRIGHT, LEFT, RIGHT = 0, 3, 1  # quarter turns of the text, clockwise


@dataclass(slots=True, eq=False)
class Word:
    """A word of the page's text: `line` and `start` are where it is read, the others where it stands, in points.

    `y` is its baseline and `size` the height of its type. The page is turned so that the text is upright.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    line: int
    start: int


class Placed:
    """Where the letters of one page stand; `turns` is how often its text is turned by a quarter."""

    def __init__(self, text: raw.FPDF_TEXTPAGE) -> None:
        self._text, self._place = text, ctypes.cast(text, PLACE).value
        self._box, self._x, self._y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        self._to = ctypes.addressof(self._box), ctypes.addressof(self._x), ctypes.addressof(self._y)
        self._noted, self._sparse, self._above = dict[int, tuple[str, int, int, list[int]]](), 0, math.inf
        self.turns = self._turned()

    def _turned(self) -> int:
        """How most of some letters of the page stand."""
        count = raw.FPDFText_CountChars(self._text)
        angles = [raw.FPDFText_GetCharAngle(self._text, n) for n in range(count // 16, count, count // 8 or 1)]
        turns = Counter(round(angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0)
        most, often = turns.most_common(1)[0] if turns else (UPRIGHT, 0)
        return most if 2 * often > len(angles) else UPRIGHT

    def note(self, line: str, at: int, number: int, raised: list[int]) -> None:
        """Remember a line that starts `at` this place of the page's text and has raised figures at these places."""
        self._noted[number] = line, at, number, raised
        bare = line.strip()
        start = at + line.index(bare) if bare else at
        first, last = index_of(self._text, start), index_of(self._text, start + len(bare) - 1)
        if bare and 0 <= first <= last:
            x0, _, y, size = self._letter(first)
            _, x1, end, _ = self._letter(last)
            wide = x1 - x0 > SPARSE * size * weight(bare)
            self._sparse += wide or y > self._above - SAME_LINE * size
            # The engine takes lines that stand in cells for one.
            self._sparse += 2 * (y - end > SEVERAL * size)
            self._above = end

    def words(self) -> list[Word]:
        """Those of the lines; none of a page of prose: of lines without wide gaps, one below the other."""
        return self.each() if self._sparse > 1 else []

    def each(self) -> list[Word]:
        """Those of all lines."""
        return [word for noted in self._noted.values() for word in self._words(*noted)]

    def of(self, number: int) -> list[Word]:
        """Those of one line."""
        return list(self._words(*self._noted[number]))

    def type_of(self, number: int, start: int) -> tuple[float, int]:
        """Size and boldness of the letter at this place of a line."""
        index = index_of(self._text, self._noted[number][1] + start)
        return raw.FPDFText_GetFontSize(self._text, index), raw.FPDFText_GetFontWeight(self._text, index)

    def lines(self) -> dict[int, str]:
        """By their numbers, as they are read."""
        return {number: line for number, (line, *_) in self._noted.items()}

    def _words(self, line: str, at: int, number: int, raised: list[int]) -> Iterator[Word]:
        whole = len(line.rstrip())
        begin = index_of(self._text, at)
        # The engine's letters are those of its text but for few lines, where each word is looked up.
        steady = begin >= 0 and index_of(self._text, at + whole - 1) == begin + whole - 1
        for token in TOKEN.finditer(line):
            start, end = token.span()
            first = begin + start if steady else index_of(self._text, at + start)
            if first < 0:
                continue
            cuts = self._cuts(token[0], start, first) if FUSED.search(line, start, end) else ()
            for a, b in zip((start, *cuts), (*cuts, end), strict=True):
                x0, x1, y, size = self._letter(first + a - start)
                last = b - 1 if b - 1 > a and line[b - 1] in MARKS else b
                if last - 1 > a:
                    x1 = max(x0, self._end(first + last - 1 - start))
                words = line[a:b]
                if raised:
                    words = marked(words, [place - a for place in raised if a < place < b])
                yield Word(words, x0, x1, y, size or 1.0, number, a)

    def _cuts(self, word: str, start: int, first: int) -> list[int]:
        """Where a word that may be several cells has gaps."""
        letters = [self._letter(first + n) for n in range(len(word))]
        gaps = [(n, b[0] - a[1], a[3]) for n, (a, b) in enumerate(pairwise(letters), 1)]
        return [start + n for n, gap, size in gaps if gap > APART * size]

    def _end(self, index: int) -> float:
        """Right of a letter."""
        box_of(self._place, index, self._to[0])
        box = self._box
        return float(box.right if not self.turns else box.top if self.turns == LEFT else -box.bottom)

    def _letter(self, index: int) -> tuple[float, float, float, float]:
        """Left, right, baseline and height of a letter."""
        box, (to, x, y) = self._box, self._to
        box_of(self._place, index, to)
        origin_of(self._place, index, x, y)
        if self.turns == LEFT:
            return box.bottom, box.top, -self._x.value, box.right - box.left
        if self.turns == RIGHT:
            return -box.top, -box.bottom, self._x.value, box.right - box.left
        return box.left, box.right, self._y.value, box.top - box.bottom
