"""Word files of before 2007, made by hand: no library here writes them."""

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.services.ingestion.compound import compound

TEXT, PAGE = 1024, 512
NUMBERS = {"in table": 0x2416, "row end": 0x2417, "listed": 0x460B, "hidden": 0x083C, "deleted": 0x0800}


class Run(NamedTuple):
    """Text with its last mark; `how` holds properties, and `style` of the paragraph that the mark ends."""

    text: str
    style: int = 0
    how: tuple[str, ...] = ()


def old_word(*runs: Run, notes: str = "", locked: bool = False, compressed: Sequence[int] = ()) -> bytes:
    """The file; the runs of these numbers are kept in one byte a letter."""
    body, pieces, stretches = b"", list[bytes](), list[tuple[int, int, Run]]()
    places = [0]
    for n, run in enumerate([*runs, *([Run(notes)] if notes else [])]):
        small, at = n in compressed, TEXT + len(body)
        told = run.text.encode("cp1252" if small else "utf-16-le")
        body += told
        pieces.append(struct.pack("<HIH", 0, at * 2 | 1 << 30 if small else at, 0))
        stretches.append((at, at + len(told), run))
        places.append(places[-1] + len(told) // (1 if small else 2))
    body += b"\0" * (-len(body) % PAGE)
    pages = _page(stretches, 13, _paragraph), _page(stretches, 1, _letters)
    first = (TEXT + len(body)) // PAGE
    tables = [struct.pack("<III", stretches[0][0], stretches[-1][1], first + n) for n in (0, 1)]
    list_of_pieces = struct.pack(f"<{len(places)}I", *places) + b"".join(pieces)
    tables.append(b"\2" + struct.pack("<I", len(list_of_pieces)) + list_of_pieces)
    head = bytearray(TEXT)
    struct.pack_into("<H", head, 0, 0xA5EC)
    struct.pack_into("<H", head, 0x0A, 0x0200 | 0x0100 * locked)
    struct.pack_into("<II", head, 0x4C, places[len(runs)], len(notes))
    at = 0
    for where, table in zip((0x0102, 0x00FA, 0x01A2), tables, strict=True):
        struct.pack_into("<II", head, where, at, len(table))
        at += len(table)
    return compound({"WordDocument": bytes(head) + body + b"".join(pages), "1Table": b"".join(tables)})


def _page(stretches: list[tuple[int, int, Run]], wide: int, of: Callable[[Run], bytes]) -> bytes:
    """A page of properties: places, then a pointer for each, and what is set from the end backwards."""
    page, end = bytearray(PAGE), PAGE - 2
    places = [start for start, _, _ in stretches] + [stretches[-1][1]]
    struct.pack_into(f"<{len(places)}I", page, 0, *places)
    for n, (_, _, run) in enumerate(stretches):
        told = of(run)
        end -= len(told) + len(told) % 2
        page[end : end + len(told)] = told
        page[4 * len(places) + wide * n] = end // 2
    page[-1] = len(stretches)
    return bytes(page)


def _paragraph(run: Run) -> bytes:
    told = struct.pack("<H", run.style) + _set(run, ("in table", "row end", "listed"))
    return bytes([(len(told) + 1) // 2]) + told if len(told) % 2 else bytes([0, len(told) // 2]) + told


def _letters(run: Run) -> bytes:
    told = _set(run, ("hidden", "deleted"))
    return bytes([len(told)]) + told


def _set(run: Run, names: Sequence[str]) -> bytes:
    values = {"listed": b"\1\0"}
    return b"".join(struct.pack("<H", NUMBERS[name]) + values.get(name, b"\1") for name in names if name in run.how)
