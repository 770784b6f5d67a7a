"""The program of a process that recognises text in pictures (OCR): a line of JSON for each page on stdout.

In: one line of JSON (`pages`, none for all of a picture's; `seconds`), then the bytes. Out: the numbers of the pages,
then for each its lines with their heights, until the time is over.
"""

import json
import os
import time
from typing import BinaryIO

from services.ingestion import cage


def main() -> None:
    """The models are loaded before the lock, and nothing after it."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _, task, data = cage.entered()
    until = time.monotonic() + task["seconds"]

    from services.ingestion.pictures import pictures
    from services.ingestion.recognition import Recogniser

    recogniser, source = Recogniser(), pictures(data)
    cage.lock()
    pages = task["pages"] or list(range(1, source.count() + 1))
    _send(out, pages)
    for page in pages:
        if time.monotonic() > until:
            break
        _send(out, recogniser.lines(source.picture(page)))
    os._exit(0)


def _send(out: BinaryIO, found: object) -> None:
    # At once: the next page may be the end of this process.
    out.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    out.flush()
