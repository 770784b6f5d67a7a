"""Parses a file in confined processes and returns its chunks, or the reason why it cannot be read."""

import logging
from tempfile import TemporaryFile

from services.ingestion.chunking.model import Unreadable
from services.ingestion.formats.ocr.runner import REMEDY, Lines, Progress, installed, recognise
from services.ingestion.sandbox.job import Job
from services.ingestion.sandbox.results import Keep, Parsed, parsed
from services.ingestion.settings import IngestionSettings

__all__ = ["Parsed", "parse"]
log = logging.getLogger(__name__)


async def parse(
    data: bytes, title: str, settings: IngestionSettings, keep: Keep | None = None, progress: Progress | None = None
) -> Parsed:
    """What is in it, or `Unreadable`; whatever the file does, nothing else fails.

    Each file within it is given to `keep`; `progress` hears the share of its scanned pages that are recognised.
    """
    if len(data) > settings.max_bytes:
        raise Unreadable("too_big", f"It is larger than {settings.max_bytes >> 20} MiB. Split it.")
    try:
        found = await _read(data, title, settings, keep, {})
        return await _recognised(data, title, settings, found, progress) if found.scans else found
    except Unreadable as refusal:
        log.info("%s: %s", refusal.reason, refusal.error)
        raise


async def _recognised(
    data: bytes, title: str, settings: IngestionSettings, found: Parsed, progress: Progress | None
) -> Parsed:
    """The same with the text of its pictures; pages that stay unread are counted, never left out in silence."""
    if not installed():
        if not found.chunks:
            raise Unreadable("no_text", REMEDY)
        return found.without(len(found.scans))
    pages = () if found.media_type.startswith("image/") else found.scans
    seen = await recognise(data, title, pages, settings, progress)
    if not seen.lines:
        raise Unreadable("no_text", "Its pages are pictures that could not be read. Upload a version with text.")
    return (await _read(data, title, settings, None, seen.lines)).without(len(seen.unread))


async def _read(
    data: bytes, title: str, settings: IngestionSettings, keep: Keep | None, recognised: dict[int, Lines]
) -> Parsed:
    with TemporaryFile() as output:
        await Job("parse_worker", title, settings).run({"recognised": recognised}, data, output)
        output.seek(0)
        return await parsed(output, keep)
