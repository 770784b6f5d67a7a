"""OLE compound files: old Office files and Outlook messages, told apart by their root streams."""

import io
import struct
from collections.abc import Iterator
from contextlib import closing

from olefile import OleFileIO

from services.ingestion.chunking.model import Unreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Some programs write the names in capitals. What is embedded has streams of the same names, further down.
STREAMS = {
    "worddocument": "doc",
    "workbook": "xls",
    "book": "xls",
    "powerpoint document": "ppt",
    "__properties_version1.0": "msg",
}
LOCKED_STREAMS = {"encryptedpackage", "encryptedsummary"}
LOCKED = "The file is protected by a password. Remove the password and upload it again."
OTHER = "It belongs to an old program and cannot be read here. Open it there and save it as DOCX, XLSX, PPTX or PDF."
DAMAGED = "The file is damaged: what it is made of cannot be found. Upload it again or save it anew."
# Word's header: its sign since 1997, and among its marks that of a password.
WORD, WORD_MARKS, WORD_LOCKED = 0xA5EC, 0x0A, 0x0100
# Among Excel's first records one that says that all which follow it are encrypted.
EXCEL_LOCKED, EXCEL_HEAD = 0x002F, 4096


def family(data: bytes) -> str:
    """`doc`, `xls`, `ppt` or `msg`; `Unreadable` when it is encrypted or another program's."""
    with opened(data) as box:
        names = {path[0].lower(): path[0] for path in box.listdir() if len(path) == 1}
        if LOCKED_STREAMS & names.keys():
            raise Unreadable("encrypted", LOCKED)
        stream = next((stream for stream in STREAMS if stream in names), "")
        kind = STREAMS.get(stream, "")
        if kind == "doc":
            _check_word(box.openstream(names[stream]).read(WORD_MARKS + 2))
        if kind == "xls":
            _check_excel(box.openstream(names[stream]).read(EXCEL_HEAD))
    if not kind:
        raise Unreadable("unsupported_type", OTHER)
    return kind


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Each of Excel's with its kind and its bytes: a head of two numbers, then as many bytes as the second says."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def opened(data: bytes) -> "closing[OleFileIO]":
    """The container; `Unreadable` when it is damaged."""
    try:
        return closing(OleFileIO(io.BytesIO(data)))
    except Exception as error:  # the library raises nothing narrower
        raise Unreadable("damaged", DAMAGED) from error


def _check_word(head: bytes) -> None:
    if len(head) < WORD_MARKS + 2 or struct.unpack_from("<H", head)[0] != WORD:
        raise Unreadable("unsupported_type", OTHER)
    if struct.unpack_from("<H", head, WORD_MARKS)[0] & WORD_LOCKED:
        raise Unreadable("encrypted", LOCKED)


def _check_excel(head: bytes) -> None:
    if any(kind == EXCEL_LOCKED for kind, _ in records(head)):
        raise Unreadable("encrypted", LOCKED)
