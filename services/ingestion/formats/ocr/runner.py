"""Runs OCR on scanned pages, a few at a time, in processes with a time limit."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from tempfile import TemporaryFile

from services.ingestion.chunking.model import Unreadable
from services.ingestion.sandbox.job import Job
from services.ingestion.settings import IngestionSettings

# Of a process's time, for beginning pages: what has begun is given the rest.
SHARE = 0.5
# Pages in a row or not: a file with more was made to fail.
FAILURES = 8
REMEDY = (
    "Its pages are pictures of text, and text recognition is not installed. Upload a version with text, or ask the "
    "operator to install the extra `ocr` (`.venv/bin/uv sync --inexact --extra ocr` in Cloister's own folder)."
)

Lines = list[tuple[str, float]]
Progress = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Recognised:
    """Lines by page, and the pages that could not be read."""

    lines: dict[int, Lines] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)


def installed() -> bool:
    """Whether text can be recognised at all."""
    return find_spec("rapidocr") is not None


async def recognise(
    data: bytes, title: str, pages: Sequence[int], settings: IngestionSettings, progress: Progress | None = None
) -> Recognised:
    """The text of these pages (of all of them, when there are none); a page that fails is left out and told."""
    found, left, until = Recognised(), None if not pages else list(pages), time.monotonic() + settings.scan_seconds
    while left != [] and time.monotonic() < until and len(found.lines) < settings.scan_pages:
        known, rows = await _some(data, title, left or [], settings)
        left = left or known
        if not known or len(found.unread) > FAILURES:
            break
        if not rows:
            # Alone in its process it has failed: another time would be no different.
            found.unread += left[:1]
        found.lines |= dict(zip(left, rows, strict=False))
        left = left[max(len(rows), 1) :]
        if progress:
            await progress(1 - len(left) / (len(left) + len(found.lines) + len(found.unread)))
    found.unread += left if left is not None else [1]
    return found


async def _some(data: bytes, title: str, left: list[int], settings: IngestionSettings) -> tuple[list[int], list[Lines]]:
    """The numbers of the pages, and the lines of the first of them."""
    with TemporaryFile() as output:
        task = {"pages": left, "seconds": SHARE * settings.parse_seconds}
        try:
            await Job("ocr_worker", title, settings, slow=True).run(task, data, output)
        except Unreadable as failed:
            if failed.reason != "too_complex":
                raise
        output.seek(0)
        told = [json.loads(line) for line in output if line.endswith(b"\n")]
    return (told[0], told[1:]) if told else ([], [])
