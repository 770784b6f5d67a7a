"""A workbook from before 2007 in, the names of its hidden sheets out."""

import io
import struct
from collections.abc import Iterator
from contextlib import closing

from olefile import OleFileIO

STREAMS = ("Workbook", "Book")
SHEET, VISIBLE, UNICODE = 0x0085, 0, 1


def hidden_sheets(data: bytes) -> set[str]:
    """Those that a menu or only a macro shows."""
    with closing(OleFileIO(io.BytesIO(data))) as box:
        stream = next((name for name in STREAMS if box.exists(name)), "")
        records = box.openstream(stream).read() if stream else b""
    return {_name(record) for kind, record in _records(records) if kind == SHEET and record[4] != VISIBLE}


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Each with its kind and its bytes: a head of two numbers, then as many bytes as the second says."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        record = stream[at + 4 : at + 4 + size]
        if len(record) > 7 or kind != SHEET:
            yield kind, record
        at += 4 + size


def _name(record: bytes) -> str:
    """After six bytes: its length, how it is written, its letters."""
    length, wide = record[6], record[7] & UNICODE
    return record[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")
