"""Reads one revision: fetches its bytes, runs the parser, stores the result or the reason."""

import asyncio
from functools import partial
from uuid import uuid4

from services.ingestion.chunking.model import Unreadable
from services.ingestion.documents.attachments import members_of
from services.ingestion.documents.lifecycle import DocumentLifecycle
from services.ingestion.formats.archive.zip import DEEP
from services.ingestion.formats.media_types import BOXES, MEDIA
from services.ingestion.sandbox.client import parse
from services.ingestion.settings import IngestionSettings
from services.ingestion.storage.page_text import packed
from shared.bus import Bus
from shared.errors import Refused, RetryLater, Unavailable
from shared.events import DocumentUploaded, FileText, ReadFile
from shared.telemetry.stages import stage

ATTEMPTS = 4
# Begun this often without an end: what died over it so often may have died of it.
DEATHS = 12
GAVE_UP = "Reading it failed inside, more than once. Tell the operator, and try it again later."


async def read_revision(
    uploaded: DocumentUploaded, lifecycle: DocumentLifecycle, bus: Bus, limits: IngestionSettings
) -> None:
    """Chunks or a rejection leave; what is down is waited for; what fails inside is told after the last attempt."""
    begun = await lifecycle.begin(uploaded)
    if not begun:
        return
    try:
        if begun > DEATHS:
            raise Refused("gave_up", GAVE_UP)
        await _read(uploaded, lifecycle, bus, limits)
    except Unavailable as error:
        await lifecycle.postpone(uploaded)
        raise RetryLater(5, error.error) from error
    except (Unreadable, Refused) as refusal:
        await lifecycle.rejected(uploaded, refusal.reason, refusal.error)
    except Exception:  # raised again; after the last attempt the owner sees a rejection
        if begun < ATTEMPTS:
            raise
        await lifecycle.rejected(uploaded, "gave_up", GAVE_UP)
        raise


async def _read(uploaded: DocumentUploaded, lifecycle: DocumentLifecycle, bus: Bus, limits: IngestionSettings) -> None:
    text = await lifecycle.place(uploaded)
    members = await members_of(lifecycle.database, uploaded, bus, text)
    with stage("ingestion", "fetch"):
        data, progress = await bus.get_object(uploaded.object), partial(lifecycle.recognised, uploaded)
    with stage("ingestion", "parse"):
        found = await parse(data, uploaded.title, limits, members.keep, progress)
    if members.inner and found.media_type in {MEDIA[kind] for kind in BOXES}:
        raise Unreadable("too_complex", DEEP)
    with stage("ingestion", "keep"):
        await bus.put_object(text, await asyncio.to_thread(packed, found.chunks))
        await members.follow(lifecycle.database, lifecycle.outbox, uploaded)
        await lifecycle.parsed(uploaded, found, text)


async def read_file(asked: ReadFile, bus: Bus, limits: IngestionSettings) -> FileText:
    """The text of a file that becomes no document; `Refused` (422) says why it cannot be read."""
    data = await bus.get_object(asked.object)
    try:
        found = await parse(data, asked.name, limits)
    except Unreadable as refusal:
        raise Refused(refusal.reason, refusal.error, 422) from refusal
    text = uuid4().hex
    await bus.put_object(text, await asyncio.to_thread(packed, found.chunks))
    characters = sum(chunk.end - chunk.start for chunk in found.chunks)
    return FileText(object=text, pages=found.pages, characters=characters, media_type=found.media_type)
