"""Splits a passage into statements: sentences and table rows, without Markdown and bare headings."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from shared.language import CJK

QUOTE = 300  # characters
ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
RULE = re.compile(r"[ \t]*\|[\s|:-]*-[\s|:-]*\|[ \t]*$")
HEADING = re.compile(
    r"\s*(#{1,6}\s.*|第[\d一二三四五六七八九十百]{1,5}[编篇章部节条]\s*[^。，；,;]{0,30}|[一二三四五六七八九十]{1,3}、[^。，；,;\d]{1,20}"
    r"|(article|section|chapter|part|item|note) [\divx]+\b.{0,80}[^.;,])$",
    re.IGNORECASE,
)
ENDS = re.compile(
    r"(?<=[。！？!?；])[”’』」）》\"')]*\s*|(?<=[.;])[\"')”]*\s+(?=[^\Wa-z])|\n\s*\n|\n(?=\s*(?:[-*+•]|\d+[.)])\s)"
)
MARKUP = re.compile(
    r"^\s*(?:#{1,6}|[-*+•>])\s+|\*\*|__|`+|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|\\(?=[^\w\s])", re.MULTILINE
)
# A line of Chinese that is this long, and no row of figures, was wrapped; others end where their author ended them.
WRAPPED = re.compile(rf"(?<=[{CJK}，、；：）》”])\n(?=[{CJK}（《“])")
WIDTH = 24
SPACED = re.compile(r" (?=[，。；、：！？）])")


class Statement(NamedTuple):
    """Its span, and the heading that it stands under."""

    start: int
    end: int
    under: str = ""


def statements(text: str, heading: tuple[str, ...] = (), most: int = QUOTE) -> list[Statement]:
    """In order, a sentence of more than `most` characters line by line; all of the text when it has none."""
    found = [
        Statement(*span, block.under) for block in _blocks(text, heading) for span in _sentences(text, block, most)
    ]
    return found or [Statement(0, len(text))]


def told(text: str, start: int, end: int) -> str:
    """A span's words in one line; a row's cells stand apart."""
    joined, before = "", ""
    for line in (line.strip() for line in text[start:end].splitlines() if not RULE.match(line)):
        words = f"{_cells(line)};" if ROW.match(line) else MARKUP.sub("", line)
        seam = f"{joined}\n{words}"
        joined = WRAPPED.sub("", seam) if len(before) >= max(WIDTH, 8 * before.count(" ")) else seam
        before = line
    return SPACED.sub("", " ".join(joined.split())).rstrip("；;，,")


def named(text: str, start: int, end: int) -> str:
    """A row with the names of its columns; any other span as it is told."""
    rule = next((line for line in reversed(list(_lines(text[:start]))) if RULE.match(text[slice(*line)])), None)
    row = text[start:end]
    if rule is None or not ROW.match(row) or "\n" in row.strip():
        return told(text, start, end)
    names = _parts(text[: rule[0]].rstrip().rpartition("\n")[2])
    pairs = [(name, cell) for name, cell in zip(names, _parts(row), strict=False) if cell]
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs)


def _blocks(text: str, heading: tuple[str, ...]) -> Iterator[Statement]:
    """Rows, and the runs of lines between headings, rows and rules."""
    lines, begin, under = list(_lines(text)), -1, ""
    for n, (start, end) in enumerate(lines):
        line, after = text[start:end], text[slice(*lines[n + 1])] if n + 1 < len(lines) else ""
        row, bare = bool(ROW.match(line)), _bare(line, heading)
        if begin >= 0 and (row or bare):
            yield Statement(begin, start, under)
            begin = -1
        if row and not RULE.match(line) and not RULE.match(after):
            yield Statement(start, end, under)
        if not row and not bare and begin < 0:
            begin = start
        under = line if bare and line.strip() else under
    if begin >= 0:
        yield Statement(begin, len(text), under)


def _sentences(text: str, block: Statement, most: int) -> Iterator[tuple[int, int]]:
    cuts = [block.start, *(cut.end() for cut in ENDS.finditer(text, block.start, block.end)), block.end]
    for first, last in pairwise(cuts):
        parts = [(first, last)]
        if last - first > most:
            parts = [(first + a, first + b) for a, b in _lines(text[first:last])]
        for a, b in parts:
            if words := text[a:b].strip():
                at = text.index(words, a)
                yield at, at + len(words)


def _bare(line: str, heading: tuple[str, ...]) -> bool:
    return not line.strip() or bool(HEADING.match(line)) or line.strip() in heading


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Each line's span, without its end."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip())
        start += len(line)


def _parts(row: str) -> list[str]:
    return [MARKUP.sub("", cell).strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def _cells(row: str) -> str:
    return " · ".join(filter(None, _parts(row)))
