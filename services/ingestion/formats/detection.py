"""Detects the format of a file by its content, and checks that its name agrees."""

import re
from pathlib import PurePath

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.archive import zip_safety
from services.ingestion.formats.media_types import HINTS, NAMED, READABLE
from services.ingestion.formats.ole import container

SIGNED = {
    "rtf": (b"{\\rtf",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "gif": (b"GIF87a", b"GIF89a"),
}
SIGNS = {
    "a program": (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"),
    "a recording": (b"RIFF", b"ID3", b"OggS", b"fLaC"),
    "an archive": (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd"),
    "a database": (b"SQLite format 3",),
    "a PostScript document": (b"%!PS",),
}
# Two letters are too few to tell: the reserved zeros and the size of the header have to be there too.
BITMAP = re.compile(rb"BM.{4}\0{4}.{4}[\x28\x6c\x7c]\0\0\0", re.S)
HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
HEADER = re.compile(
    r"(From|To|Date|Subject|Received|Return-Path|MIME-Version|Message-ID|Delivered-To|Content-Type|X-[\w-]+):[ \t]",
    re.I,
)
# The line that a mail program writes above each message: who, and when.
LETTER = rb"From [^\r\n]{1,200}\d\d:\d\d[^\r\n]{0,60}\r?\n(?=[!-9;-~]+:)"
MBOX = re.compile(LETTER)
MARKDOWN = re.compile(r"^#{1,6} \S", re.M)


def binary(data: bytes) -> str:
    """The kind of a file that is no text, `` for what has to be text."""
    # A PDF's sign may stand anywhere in its beginning, and so in that of a container: those begin with their own.
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_safety.family(data)
    if data.startswith(container.OLE):
        return container.family(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if kind := next((kind for kind, signs in SIGNED.items() if data.startswith(signs)), ""):
        return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if BITMAP.match(data):
        return "bmp"
    if MBOX.match(data):
        return "mbox"
    if words := next((words for words, signs in SIGNS.items() if data.startswith(signs)), ""):
        raise Unreadable("unsupported_type", f"It is {words}, which cannot be read here. Save it as {READABLE}.")
    return ""


def written(text: str, title: str) -> str:
    """Which kind of text it is; between texts the name may decide."""
    if HTML.match(text[:4096]):
        return "html"
    first = text.lstrip().split("\n", 4)[:4]
    if len(first) > 1 and HEADER.match(first[0]) and sum(bool(HEADER.match(line)) for line in first) > 1:
        return "email"
    hint = HINTS.get(suffix(title), "")
    marked = suffix(title) not in NAMED and not text.startswith("#!") and MARKDOWN.search(text[:65536])
    return hint or ("markdown" if marked else "text")


def agree(kind: str, title: str) -> None:
    """`Unreadable` when a name promises something else than the content."""
    ending = suffix(title)
    if ending in NAMED and kind not in NAMED[ending]:
        raise Unreadable(
            "mislabelled", f"The name ends in .{ending} but the content is {kind or 'no text'}. Give it its right name."
        )


def suffix(title: str) -> str:
    """The ending of a file's name, in lower case without its dot."""
    return PurePath(title).suffix.lower().removeprefix(".")
