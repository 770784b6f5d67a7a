"""The program of the parser's own process: a file in, what is in it on stdout.

Out: one line of JSON (`head`), a line for each chunk, then the bytes of the files within the file, one after the other.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from services.ingestion.chunking.chunker import split
from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.invisible import taken
from services.ingestion.formats.media_types import MEDIA, PICTURES
from services.ingestion.formats.registry import Reading, read, start
from services.ingestion.sandbox import confinement

# A person's lifetime of reading: more is a file made to hurt.
CHARACTERS = 50_000_000
CHUNKS = 50_000


def run(task: dict[str, Any], data: bytes, out: BinaryIO) -> None:
    """After the lock nothing can be opened."""
    start(data, task["title"])
    confinement.lock()
    out.writelines(frames(outcome(data, task["title"], task["recognised"])))


def frames(found: dict[str, Any]) -> Iterator[bytes]:
    """An outcome as it is sent: its head, its chunks, its parts."""
    chunks, parts = found.pop("chunks", ()), found.pop("parts", ())
    head = found | {"chunks": len(chunks), "parts": [[part.name, part.size] for part in parts]}
    yield _line(head)
    yield from map(_line, chunks)
    for part in parts:
        yield from part.blocks()


def outcome(data: bytes, title: str, recognised: dict[str, Any] | None = None) -> dict[str, Any]:
    """`{media_type, pages, chunks, parts, scans, removed}`, or `{reason, error}` when the file cannot be read.

    `scans` are the pages that are pictures of text and not yet `recognised` (page -> lines and their heights).
    """
    try:
        taken.clear()
        return _chunked(read(data, title, {int(page): lines for page, lines in (recognised or {}).items()}))
    except Unreadable as refusal:
        return {"reason": refusal.reason, "error": refusal.error}
    except (MemoryError, RecursionError) as error:
        words = "It needs more memory than a document may. Split or simplify it."
        return {"reason": "too_complex", "error": words, "detail": repr(error)}
    except Exception as error:  # parsers raise anything on damaged files; it becomes the reason of the rejection
        words = "The file is damaged or not what it seems. Save it anew."
        return {"reason": "damaged", "error": words, "detail": repr(error)[:500]}


def _chunked(found: Reading) -> dict[str, Any]:
    if sum(len(page.text) for page in found.pages) > CHARACTERS:
        raise Unreadable("too_big", "It holds more text than a document can have. Split it.")
    chunks = [
        [piece.n, piece.text, piece.page, piece.heading, piece.start, piece.end, piece.sections]
        for piece in split(found.pages)
    ]
    if not chunks and not found.scans:
        raise _empty(found)
    if len(chunks) > CHUNKS:
        raise Unreadable("too_big", f"It makes more than {CHUNKS} pieces. Split it.")
    last = max((page.number for page in found.pages), default=1)
    about = {"media_type": MEDIA[found.kind], "pages": last, "scans": found.scans, "removed": dict(taken)}
    return about | {"chunks": chunks, "parts": found.parts}


def _empty(found: Reading) -> Unreadable:
    if found.kind == "pdf" or found.kind in PICTURES:
        return Unreadable("no_text", "No text could be found in it. Upload a sharper scan, or a version with text.")
    if taken["hidden"]:
        return Unreadable("empty", "All of its text is hidden. Make it visible, and upload it again.")
    return Unreadable("empty", "It holds no text. Upload a file that does.")


def _line(found: object) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
