"""The program of the parser's own process: a file on stdin, its chunks as JSON on stdout."""

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from services.ingestion import cage, charset, containers
from services.ingestion.chunks import split
from services.ingestion.kinds import MEDIA, READABLE, agree, binary, written
from services.ingestion.pages import Page, Unreadable

# A person's lifetime of reading: more is a file made to hurt.
CHARACTERS = 50_000_000
CHUNKS = 50_000
STRUCTURED = {"html", "csv", "email"}


def main() -> None:
    """Limits first, then the input, then the libraries; after the lock nothing can be opened."""
    title, limits = sys.argv[1], json.loads(sys.argv[2])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cage.limit(**limits)
    data = sys.stdin.buffer.read()
    warm(data, title)
    cage.lock()
    out.write(json.dumps(outcome(data, title)).encode())
    out.flush()
    os._exit(0)


def outcome(data: bytes, title: str) -> dict[str, object]:
    """`{media_type, pages, chunks}`, or `{reason, error}` when the file cannot be read."""
    try:
        return _chunked(*read(data, title))
    except Unreadable as refusal:
        return {"reason": refusal.reason, "error": refusal.error}
    except (MemoryError, RecursionError) as error:
        words = "It needs more memory than a document may. Split or simplify it."
        return {"reason": "too_complex", "error": words, "detail": repr(error)}
    except Exception as error:
        words = "The file is damaged or not what it seems. Save it anew."
        return {"reason": "damaged", "error": words, "detail": repr(error)[:500]}


def _chunked(kind: str, pages: list[Page]) -> dict[str, object]:
    if sum(len(page.text) for page in pages) > CHARACTERS:
        raise Unreadable("too_big", "It holds more text than a document can have. Split it.")
    chunks = [[piece.n, piece.text, piece.page, piece.heading, piece.start, piece.end] for piece in split(pages)]
    if not chunks:
        raise Unreadable("empty", "It holds no text. If it is scanned, run text recognition (OCR) first.")
    if len(chunks) > CHUNKS:
        raise Unreadable("too_big", f"It makes more than {CHUNKS} pieces. Split it.")
    return {"media_type": MEDIA[kind], "pages": max(page.number for page in pages), "chunks": chunks}


def read(data: bytes, title: str) -> tuple[str, list[Page]]:
    """The kind of file and its pages."""
    if not data:
        raise Unreadable("empty", f"The file is empty. Upload a {READABLE} file that holds text.")
    kind = checked(data, title)
    if kind == "pdf":
        return kind, _reader("pdf", "pdf")(data)
    if kind:
        return kind, _reader("office", kind)(data)
    text = charset.decode(data)
    kind = written(text, title)
    agree(kind, title)
    if kind == "email":
        return kind, _reader("written", "mail")(data, text)
    return kind, _reader("written" if kind in STRUCTURED else "plain", "plain" if kind == "text" else kind)(text)


def checked(data: bytes, title: str) -> str:
    """The kind of a binary file, `` for text. A false name is worse than an unknown content, and said first."""
    try:
        kind = binary(data)
    except Unreadable as refusal:
        if refusal.reason == "unsupported_type":
            agree(refusal.error.removeprefix("It is ").split(",")[0], title)
        raise
    if kind:
        agree(kind, title)
    return kind


def warm(data: bytes, title: str) -> None:
    """Load what this file's kind will need, and let it start its threads: an import costs more than most files."""
    if b"%PDF-" in data[:1024]:
        import_module("services.ingestion.pdf")
    elif data.startswith(b"PK"):
        containers.warm()
        import_module("services.ingestion.office")
        import_module("services.ingestion.written").warm()
    else:
        import_module("services.ingestion.plain")
        # Without its zeros UTF-16 shows its markup too.
        if written(data[:4096].replace(b"\0", b"").decode("latin-1").lstrip("ÿþï»¿"), title) in STRUCTURED:
            import_module("services.ingestion.written").warm()
        elif not charset.utf8(data):
            charset.warm()


def _reader(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"services.ingestion.{module}"), name)
    return found
