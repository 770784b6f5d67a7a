"""Moves the text of DOCX text boxes after their paragraphs, where the reader finds it."""

import io
import re
import zipfile
from collections.abc import Iterator

from services.ingestion.formats.ooxml.hidden_content import repacked

DOCUMENT = "word/document.xml"
# Word writes a box in two ways, within one of these; the second is for programs that do not know the first.
FRAME = re.compile(rb"<(/?)(?:mc:AlternateContent|w:pict)\b[^>]*?(/?)>")
FALLBACK, END = b"<mc:Fallback", b"</w:p>"
CONTENT = re.compile(rb"<w:txbxContent\b[^>]*>(.*?)</w:txbxContent>", re.S)


def unboxed(data: bytes) -> bytes:
    """The file itself when it has no text boxes."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        part = box.read(DOCUMENT) if DOCUMENT in box.namelist() else b""
        return repacked(box, {DOCUMENT: _moved(part)}) if b"txbxContent" in part else data


def _moved(part: bytes) -> bytes:
    frames = [(first, last) for first, last in _frames(part) if b"txbxContent" in part[first:last]]
    out, at, waiting = list[bytes](), 0, b""
    for first, last in [*frames, (len(part), len(part))]:
        if waiting and (end := part.find(END, at, first)) >= 0:
            out += [part[at : end + len(END)], waiting]
            at, waiting = end + len(END), b""
        out.append(part[at:first])
        waiting += b"".join(CONTENT.findall(part[first:last].split(FALLBACK)[0]))
        at = last
    return b"".join(out)


def _frames(part: bytes) -> Iterator[tuple[int, int]]:
    """Where the outermost begin and end."""
    depth = first = 0
    for mark in FRAME.finditer(part):
        if mark[2]:
            continue
        first = mark.start() if not depth else first
        depth += -1 if mark[1] else 1
        if depth <= 0:
            yield first, mark.end()
            depth = 0
