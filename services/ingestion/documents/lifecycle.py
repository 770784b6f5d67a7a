"""Moves a revision from upload to index. Superseded and deleted revisions stop."""

import asyncio
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.chunking.batches import chunked
from services.ingestion.documents.repository import change, current, note
from services.ingestion.documents.revisions import prune
from services.ingestion.sandbox.client import Parsed
from services.ingestion.storage.object_gc import discard_objects
from services.ingestion.tables import documents, revisions, state
from shared.events import (
    DocumentAmended,
    DocumentEmbedded,
    DocumentEvent,
    DocumentIndexed,
    DocumentProgressed,
    DocumentRejected,
    DocumentUploaded,
)
from shared.sql.database import Database
from shared.sql.outbox import Outbox

UNREAD, OPEN = ("received", "parsing"), ("received", "parsing", "indexing")


class DocumentLifecycle:
    """The steps, each one transaction with its events, each safe to take twice. `keep`: older revisions' bytes."""

    def __init__(self, database: Database, outbox: Outbox, keep: int = 20) -> None:
        self.database, self.outbox, self.keep = database, outbox, keep

    async def begin(self, uploaded: DocumentUploaded) -> int:
        """How often reading this revision was begun, this time too; 0 when it need not be read."""
        async with self.database.transaction() as connection:
            row = await current(connection, uploaded, UNREAD)
            if row is None:
                await _passed_by(connection, uploaded)
                return 0
            begun = int(row.begun) + 1
            await change(connection, uploaded, status="parsing", progress=0.0, begun=begun)
            return begun

    async def postpone(self, uploaded: DocumentUploaded) -> None:
        """It could not be begun, and not for its own fault."""
        async with self.database.transaction() as connection:
            if row := await current(connection, uploaded, UNREAD):
                await change(connection, uploaded, begun=max(row.begun - 1, 0))

    async def place(self, uploaded: DocumentUploaded) -> str:
        """Where the text of its pages is to be kept: noted first, so that a crash leaves no bytes without a row."""
        mine = and_(revisions.c.document_id == uploaded.document_id, revisions.c.revision == uploaded.revision)
        async with self.database.transaction() as connection:
            name = (await connection.scalar(select(revisions.c.text).where(mine))) or uuid4().hex
            await note(connection, uploaded, text=name)
        return name

    async def recognised(self, uploaded: DocumentUploaded, share: float) -> None:
        """So much of its scanned pages is read."""
        async with self.database.transaction() as connection:
            if await current(connection, uploaded, ("parsing",)):
                await change(connection, uploaded, progress=share)

    async def parsed(self, uploaded: DocumentUploaded, found: Parsed, text: str = "") -> None:
        """Its chunks leave for the index; the text of its pages lies under `text`."""
        async with self.database.reading() as connection:
            row = await current(connection, uploaded, ("parsing",))
        while True:
            # Written down before the transaction: that takes seconds for a large document, and a deletion would wait.
            batches = await asyncio.to_thread(lambda row: list(chunked(uploaded, found, row)) if row else [], row)
            rows = await self.outbox.written(*batches)
            async with self.database.transaction() as connection:
                now = await current(connection, uploaded, ("parsing",))
                if now is None:
                    await _passed_by(connection, uploaded)
                    return await discard_objects(connection, [text] if text else [], uploaded.document_id)
                if now == row:
                    await _indexing(connection, uploaded, found)
                    await self.outbox.keep(connection, rows)
                    break
            row = now
        self.outbox.send()

    async def rejected(self, uploaded: DocumentUploaded, reason: str, error: str) -> None:
        """It cannot be read; its uploader learns why."""
        async with self.database.transaction() as connection:
            if await current(connection, uploaded, UNREAD) is None:
                return
            await change(connection, uploaded, status="rejected", reason=error, code=reason, progress=None)
            about = uploaded.model_dump(include={"document_id", "revision", "workspace", "title"})
            await self.outbox.add(connection, DocumentRejected(**about, error=error, reason=reason))
        self.outbox.send()

    async def refused(self, event: DocumentRejected) -> None:
        """Another service gave it up."""
        async with self.database.transaction() as connection:
            if await current(connection, event, OPEN):
                await change(connection, event, status="rejected", reason=event.error, code=event.reason, progress=None)

    async def progressed(self, event: DocumentProgressed) -> None:
        """A part of its chunks is placed, or has vectors."""
        still, now = documents.c.status == "indexing", dict[str, object](progress=event.progress)
        if event.vectors is not None:
            before = func.coalesce(documents.c.vectors, 0.0)
            still = and_(documents.c.status.in_(("indexing", "indexed")), before <= event.vectors, before < 1)
            now = {"vectors": event.vectors, "vectors_due": event.vectors_due}
        async with self.database.transaction() as connection:
            await connection.execute(update(documents).where(_newest(event), still).values(now))

    async def embedded(self, event: DocumentEmbedded) -> None:
        """It has all its vectors; this may be heard before it is heard that its words are in."""
        async with self.database.transaction() as connection:
            whole = {"vectors": 1.0, "vectors_due": None}
            await connection.execute(update(documents).where(_newest(event)).values(whole))

    async def indexed(self, event: DocumentIndexed) -> None:
        """It can be found; of the revisions before it, only some keep their bytes."""
        async with self.database.transaction() as connection:
            await note(connection, event, status="indexed", reason=None, code=None, chunks=event.chunks)
            row = await current(connection, event, OPEN)
            if row is None:
                return
            await change(
                connection, event, status="indexed", reason=None, code=None, chunks=event.chunks, progress=None
            )
            unheard = documents.c.vectors.is_(None)
            await connection.execute(update(documents).where(_newest(event), unheard).values(vectors=0.0))
            await prune(connection, event.document_id, self.keep)
            if row.amended:
                await change(connection, event, amended=False)
                await self.outbox.add(
                    connection, DocumentAmended.model_validate(state(row).model_dump() | {"amendment": row.amendment})
                )
        self.outbox.send()


def _newest(event: DocumentEvent | DocumentProgressed) -> ColumnElement[bool]:
    return and_(documents.c.document_id == event.document_id, documents.c.revision == event.revision)


async def _indexing(connection: AsyncConnection, uploaded: DocumentUploaded, found: Parsed) -> None:
    facts = {"pages": found.pages, "chunks": len(found.chunks), "media_type": found.media_type}
    await change(connection, uploaded, status="indexing", progress=0.0, taken_out=found.removed, **facts)


async def _passed_by(connection: AsyncConnection, event: DocumentEvent) -> None:
    """A newer revision came before this one was read."""
    mine = and_(revisions.c.document_id == event.document_id, revisions.c.revision == event.revision)
    newer = select(documents.c.revision).where(documents.c.document_id == event.document_id).scalar_subquery()
    unread = and_(mine, revisions.c.status.in_(UNREAD), revisions.c.revision < newer)
    await connection.execute(update(revisions).where(unread).values(status="superseded"))
