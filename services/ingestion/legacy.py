"""Office files from before 2007 and Outlook's messages: one container, told apart by the streams in it."""

from services.ingestion.pages import Unreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What is attached to a message lies in it as it is, with the streams of its own: the message's come first.
STREAMS = {
    "__properties_version1.0": "msg",
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
}
LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")
LOCKED = "The file is protected by a password. Remove the password and upload it again."
OTHER = "It belongs to an old program and cannot be read here. Open it there and save it as DOCX, XLSX, PPTX or PDF."


def family(data: bytes) -> str:
    """`doc`, `xls`, `ppt` or `msg`; `Unreadable` when it is encrypted or another program's."""
    if LOCKED_STREAM in data:
        raise Unreadable("encrypted", LOCKED)
    for stream, kind in STREAMS.items():
        if _named(data, stream):
            return kind
    raise Unreadable("unsupported_type", OTHER)


def _named(data: bytes, stream: str) -> bool:
    # A directory entry begins with its name in UTF-16, at a multiple of 128 bytes.
    sign, at = f"{stream}\0".encode("utf-16-le"), 0
    while (at := data.find(sign, at)) >= 0:
        if at % 128 == 0:
            return True
        at += 2
    return False
