"""The program of a process that recognises text in pictures (OCR): a line of JSON for each page on stdout.

It is told `pages` (none for all of a picture's) and `seconds`. Out: the numbers of the pages,
then for each its lines with their heights, until the time is over.
"""

import json
import time
from typing import Any, BinaryIO

from services.ingestion.sandbox import confinement


def run(task: dict[str, Any], data: bytes, out: BinaryIO) -> None:
    """The models are loaded before the lock, and nothing after it."""
    until = time.monotonic() + task["seconds"]

    from services.ingestion.formats.ocr.engine import Recogniser
    from services.ingestion.formats.ocr.rasterise import pictures

    recogniser, source = Recogniser(), pictures(data)
    confinement.lock()
    pages = task["pages"] or list(range(1, source.count() + 1))
    _send(out, pages)
    for page in pages:
        if time.monotonic() > until:
            break
        _send(out, recogniser.lines(source.picture(page)))


def _send(out: BinaryIO, found: object) -> None:
    # At once: the next page may be the end of this process.
    out.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    out.flush()
