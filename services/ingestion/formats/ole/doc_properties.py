"""Formatting of runs and paragraphs in old Word files: FKP pages and sprms of [MS-DOC]."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

PAGE, MOST_RUNS, MOST_PARAGRAPHS = 512, 101, 29
# Properties (sprm) by their numbers; the upper three bits say how long an operand is.
IN_TABLE, ROW_END, OUTLINE, LISTED = 0x2416, 0x2417, 0x2640, 0x460B
HIDDEN, DELETED, BREAK, LONG_TABLE = 0x083C, 0x0800, 0x3009, 0xD608
SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
HEADINGS = 9  # the styles 1 to 9 are headings
Properties = dict[int, bytes]
Stretch = tuple[int, int, Properties]


class Paragraph(NamedTuple):
    """How a paragraph is set: `level` of a heading from 1, 0 for text."""

    level: int = 0
    listed: bool = False
    in_table: bool = False
    row_end: bool = False


def runs_of(page: bytes) -> Iterator[Stretch]:
    """Its runs, each with the bytes that it is kept in."""
    count = min(page[-1], MOST_RUNS)
    ends = struct.unpack_from(f"<{count + 1}I", page)
    for n in range(count):
        if at := 2 * page[4 * len(ends) + n]:
            yield ends[n], ends[n + 1], properties(page[at + 1 : at + 1 + page[at]])


def paragraphs_of(page: bytes) -> Iterator[Stretch]:
    """Its paragraphs; the property 0 is the number of a style."""
    count = min(page[-1], MOST_PARAGRAPHS)
    ends = struct.unpack_from(f"<{count + 1}I", page)
    for n in range(count):
        at = 2 * page[4 * len(ends) + 13 * n]
        if not 0 < at < PAGE - 1:
            continue
        first, size = (at + 1, 2 * page[at] - 1) if page[at] else (at + 2, 2 * page[at + 1])
        told = page[first : first + size]
        yield ends[n], ends[n + 1], {0: told[:2]} | properties(told[2:])


def properties(told: bytes) -> Properties:
    """By their numbers; of one that comes twice the later."""
    found, at = Properties(), 0
    while at + 2 <= len(told):
        number, at = struct.unpack_from("<H", told, at)[0], at + 2
        size = SIZES[number >> 13]
        if not size:
            wide = 2 if number == LONG_TABLE else 1
            size, at = int.from_bytes(told[at : at + wide], "little") - (wide - 1), at + wide
        found[number], at = told[at : at + size], at + max(size, 0)
    return found


def on(how: Properties, number: int) -> bool:
    """Whether a mark is set."""
    return how.get(number) == b"\1"


def setting(how: Properties) -> Paragraph:
    """What is asked of a paragraph."""
    style = int.from_bytes(how.get(0, b""), "little")
    outline = how.get(OUTLINE, b"\xff")[0] + 1 if how.get(OUTLINE) else 0
    level = style if 1 <= style <= HEADINGS else outline if 1 <= outline <= HEADINGS else 0
    listed = how.get(LISTED, b"\0\0") != b"\0\0"
    return Paragraph(level, listed, on(how, IN_TABLE), on(how, ROW_END))
