"""Finds the headings of a page by the type that its lines are set in."""

import re
from collections import Counter
from dataclasses import dataclass

from services.ingestion.chunking.model import Heading, Page, numbered, titled
from services.ingestion.formats.invisible import clean

PROSE = re.compile(r"[.,;:，。；：、]$|^[a-z(（$•\-–—*|]|\.{4}")
FIGURES = re.compile(r"[\d$€£¥%]")
# Heights of recognised lines vary by a third with the letters in them.
CLEARLY = 1.4
ROW = re.compile(r"\d[.,]\d.*\d[.,]\d|\d\)$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and the type it is set in; `start` is its place in the page's text."""

    start: int
    text: str
    size: float
    boldness: int


def recognised(found: dict[int, list[tuple[str, float]]]) -> list[Page]:
    """The pages of pictures whose lines and their heights were recognised."""
    read = {number: lines(rows) for number, rows in found.items()}
    return [page(number, rows, body(list(read.values()))) for number, rows in sorted(read.items())]


def lines(rows: list[tuple[str, float]], unit: float = 1.0) -> list[Line]:
    """Recognised lines: the height of one is the size of its type, where it differs clearly from the others'."""
    usual, start, found = _median([height for _, height in rows]), 0, list[Line]()
    for words, height in rows:
        text = clean(words).replace("\n", " ")
        found.append(Line(start, text, unit * (height if height > CLEARLY * usual else usual), 0))
        start += len(text) + 1
    return found


def _median(heights: list[float]) -> float:
    return sorted(heights)[len(heights) // 2] if heights else 1.0


def body(pages: list[list[Line]]) -> tuple[float, int]:
    """Size and boldness of what most of the text is set in."""
    sizes: Counter[float] = Counter()
    boldness: Counter[int] = Counter()
    for line in (line for page in pages for line in page):
        sizes[round(line.size, 1)] += len(line.text)
        boldness[line.boldness] += len(line.text)
    return max(sizes, key=sizes.__getitem__, default=0.0), max(boldness, key=boldness.__getitem__, default=0)


def page(number: int, lines: list[Line], body: tuple[float, int]) -> Page:
    """A page with its headings, told by their size, their boldness and their numbers."""
    text = "\n".join(line.text for line in lines)
    found = {heading.start: heading for heading in numbered(text)}
    for line in lines:
        if line.start not in found and (level := _level(line, *body)):
            found[line.start] = Heading(line.start, level, titled(line.text))
    return Page(number, text, tuple(found[start] for start in sorted(found)))


def _level(line: Line, size: float, boldness: int) -> int:
    """0 for text; 1 and 2 for larger type, 3 for bold type of the same size."""
    words = line.text.strip()
    if (
        not 2 <= len(words) <= 100
        or PROSE.search(words)
        or ROW.search(words)
        or len(FIGURES.findall(words)) > 0.25 * len(words)
    ):
        return 0
    if line.size >= 1.15 * size:
        return 1 if line.size >= 1.5 * size else 2
    # Unknown boldness is 0, and a figure at the end of a bold line is a table's total.
    bold = 0 < boldness * 1.25 <= line.boldness and line.size >= 0.97 * size
    return 3 if bold and not words[-1].isdigit() else 0
