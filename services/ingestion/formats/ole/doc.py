"""Parses old Word files by [MS-DOC]: the piece table and the formatting of paragraphs and runs."""

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from services.ingestion.formats.ole.container import opened
from services.ingestion.formats.ole.doc_properties import (
    BREAK,
    DELETED,
    HIDDEN,
    PAGE,
    Paragraph,
    Stretch,
    on,
    paragraphs_of,
    properties,
    runs_of,
    setting,
)

# The header: which table stream is meant, the lengths of the text's parts, and where (offset, length) lists lie in it.
MARKS, SECOND_TABLE, LENGTHS = 0x0A, 0x0200, 0x4C
PARTS = ("text", "footnotes", "headers", "macros", "comments", "endnotes", "boxes", "header boxes")
SECTIONS, RUNS, PARAGRAPHS, PIECES = 0x00CA, 0x00FA, 0x0102, 0x01A2
COMPRESSED = 1 << 30
# Ends of paragraphs, cells and pages stay where text is taken out.
TEXT = re.compile(r"[^\r\x07\x0c\0]")


class Piece(NamedTuple):
    """A stretch of the text, from character `start` to `end`, `width` bytes each from byte `at` on."""

    start: int
    end: int
    at: int
    width: int


class Word:
    """One file's streams, and what they say. Places are characters of the text."""

    def __init__(self, data: bytes) -> None:
        with opened(data) as box:
            self._stream: bytes = box.openstream("WordDocument").read()
            second = struct.unpack_from("<H", self._stream, MARKS)[0] & SECOND_TABLE
            self._table: bytes = box.openstream("1Table" if second else "0Table").read()

    @cached_property
    def parts(self) -> dict[str, tuple[int, int]]:
        """Where each part of the text begins and ends."""
        found, at = dict[str, tuple[int, int]](), 0
        for name, length in zip(PARTS, struct.unpack_from("<8I", self._stream, LENGTHS), strict=True):
            found[name] = (at, at + length)
            at += length
        return found

    def text(self) -> tuple[str, int]:
        """All parts in a row, with zeros for what is hidden or deleted; and how much is hidden."""
        out, total, hidden = list[str](), 0, 0
        for piece in self._pieces:
            data = self._stream[piece.at : piece.at + (piece.end - piece.start) * piece.width]
            letters = data.decode("cp1252", "replace") if piece.width == 1 else _units(data)
            seen, less = self._seen(piece, letters)
            out.append(seen.ljust(piece.end - piece.start, "\0"))
            hidden, total = hidden + less, total + len(letters)
            # Each character has bytes of its own, unless somebody wants to fill the memory.
            if total > len(self._stream) or len(letters) < piece.end - piece.start:
                break
        return "".join(out), hidden

    def paragraph(self, place: int) -> Paragraph:
        """How the paragraph is set that ends at this place."""
        n = bisect_right(self._starts, place) - 1
        if n < 0 or place >= self._pieces[n].end:
            return Paragraph()
        at = self._pieces[n].at + (place - self._pieces[n].start) * self._pieces[n].width
        k = bisect_right(self._paragraphs, at, key=_first) - 1
        return setting(self._paragraphs[k][2]) if k >= 0 and at < self._paragraphs[k][1] else Paragraph()

    @cached_property
    def joined(self) -> set[int]:
        """Places of section marks after which the page goes on."""
        ends, told = _listed(self._list(SECTIONS), 12)
        return {end - 1 for end, section in zip(ends[1:], told[1:], strict=False) if self._goeson(section)}

    @cached_property
    def _pieces(self) -> list[Piece]:
        told, at = self._list(PIECES), 0
        while at + 3 <= len(told) and told[at] == 1:
            at += 3 + struct.unpack_from("<H", told, at + 1)[0]
        ends, pieces = _listed(told[at + 5 :], 8)
        pairs = zip(ends, ends[1:], pieces, strict=False)
        return [_piece(start, end, one) for start, end, one in pairs if start < end]

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self._pieces]

    @cached_property
    def _paragraphs(self) -> list[Stretch]:
        return sorted(self._stretches(PARAGRAPHS, paragraphs_of), key=_first)

    @cached_property
    def _unseen(self) -> list[tuple[int, int, bool]]:
        """Stretches of bytes that are not shown, and whether they are hidden or only deleted."""
        found = self._stretches(RUNS, runs_of)
        told = ((start, end, on(how, HIDDEN)) for start, end, how in found if on(how, HIDDEN) or on(how, DELETED))
        return sorted(told, key=_first)

    def _seen(self, piece: Piece, letters: str) -> tuple[str, int]:
        """A piece's letters without what is not shown, and how much of it is hidden."""
        hidden, end = 0, piece.at + len(letters) * piece.width
        for n in range(max(bisect_right(self._unseen, piece.at, key=_first) - 1, 0), len(self._unseen)):
            first, last, meant = self._unseen[n]
            if first >= end:
                break
            a, b = (max(0, (place - piece.at) // piece.width) for place in (first, last))
            blank, count = TEXT.subn("\0", letters[a:b])
            letters, hidden = letters[:a] + blank + letters[b:], hidden + count * meant
        return letters, hidden

    def _stretches(self, where: int, of: Callable[[bytes], Iterator[Stretch]]) -> Iterator[Stretch]:
        """From the pages of the stream that a list names."""
        for told in _listed(self._list(where), 4)[1]:
            at = (struct.unpack("<I", told)[0] & 0x3FFFFF) * PAGE
            if at + PAGE <= len(self._stream):
                yield from of(self._stream[at : at + PAGE])

    def _goeson(self, section: bytes) -> bool:
        at = struct.unpack_from("<I", section, 2)[0]
        size = struct.unpack_from("<H", self._stream, at)[0] if at + 2 <= len(self._stream) else 0
        return properties(self._stream[at + 2 : at + 2 + size]).get(BREAK, b"\2")[:1] == b"\0"

    def _list(self, where: int) -> bytes:
        at, size = struct.unpack_from("<II", self._stream, where)
        return self._table[at : at + size]


def _first(stretch: tuple[int, int, object]) -> int:
    return stretch[0]


def _units(data: bytes) -> str:
    """A letter for two bytes, also where two of them are one character."""
    return "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])))


def _listed(told: bytes, size: int) -> tuple[tuple[int, ...], list[bytes]]:
    """A list of places (PLC): one more of them than of what they are about, each of that `size` bytes long."""
    count = max(0, (len(told) - 4) // (4 + size))
    places = struct.unpack_from(f"<{count + 1}I", told) if count else ()
    about = told[4 * (count + 1) :]
    return places, [about[n * size : (n + 1) * size] for n in range(count)]


def _piece(start: int, end: int, told: bytes) -> Piece:
    at = struct.unpack_from("<I", told, 2)[0]
    small = bool(at & COMPRESSED)
    return Piece(start, end, (at & (COMPRESSED - 1)) // (2 if small else 1), 1 if small else 2)
