"""A revision's way from bytes to the index. What was superseded or removed meanwhile goes no further."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Row, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingestion.objects import discard_objects
from services.ingestion.sandbox import Parsed
from services.ingestion.tables import documents, revisions, state
from shared.database import Database
from shared.events import Chunk, DocumentChunked, DocumentEvent, DocumentIndexed, DocumentRejected, DocumentUploaded
from shared.outbox import Outbox

# Retrieval embeds a batch at a time; the bus takes a megabyte.
BATCH = 64
BATCH_BYTES = 400_000


class Journey:
    """The steps, each one transaction with its events, each safe to take twice."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.database, self.outbox = database, outbox

    async def begin(self, uploaded: DocumentUploaded) -> bool:
        """Whether this revision still has to be read."""
        return await self._move(uploaded, ("received", "parsing"), status="parsing")

    async def parsed(self, uploaded: DocumentUploaded, found: Parsed) -> None:
        """Its chunks leave for the index."""
        async with self.database.transaction() as session:
            row = await _current(session, uploaded, ("parsing",))
            if row is None:
                return
            values = {
                "status": "indexing",
                "pages": found.pages,
                "chunks": len(found.chunks),
                "media_type": found.media_type,
            }
            await session.execute(update(documents).where(_this(uploaded)).values(**values))
            await self.outbox.add(
                session, *_chunked(uploaded, found, state(row).model_dump(include={"effective", "expires"}))
            )
        self.outbox.send()

    async def rejected(self, uploaded: DocumentUploaded, reason: str, error: str) -> None:
        """It cannot be read; its uploader learns why."""
        async with self.database.transaction() as session:
            if await _current(session, uploaded, ("received", "parsing")) is None:
                return
            await session.execute(update(documents).where(_this(uploaded)).values(status="rejected", reason=error))
            await self.outbox.add(session, DocumentRejected(**_about(uploaded), error=error, reason=reason))
        self.outbox.send()

    async def refused(self, event: DocumentRejected) -> None:
        """Another service gave it up."""
        await self._move(event, ("received", "parsing", "indexing"), status="rejected", reason=event.error)

    async def indexed(self, event: DocumentIndexed) -> None:
        """It can be found; the bytes of the revisions before it are needed no more."""
        async with self.database.transaction() as session:
            if await _current(session, event, ("received", "parsing", "indexing")) is None:
                return
            await session.execute(
                update(documents).where(_this(event)).values(status="indexed", reason=None, chunks=event.chunks)
            )
            older = and_(revisions.c.document_id == event.document_id, revisions.c.revision < event.revision)
            await discard_objects(session, (await session.scalars(select(revisions.c.object).where(older))).all())
            await session.execute(delete(revisions).where(older))

    async def _move(self, event: DocumentEvent, states: tuple[str, ...], **values: object) -> bool:
        async with self.database.transaction() as session:
            row = await _current(session, event, states)
            if row is not None:
                await session.execute(update(documents).where(_this(event)).values(**values))
            return row is not None


def batches(chunks: tuple[Chunk, ...]) -> Iterator[tuple[Chunk, ...]]:
    """At most 64 chunks and 400 KB of JSON each."""
    batch: list[Chunk] = []
    size = 0
    for chunk in chunks:
        weight = len(chunk.model_dump_json().encode()) + 1
        if batch and (len(batch) == BATCH or size + weight > BATCH_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(chunk)
        size += weight
    if batch:
        yield tuple(batch)


def _chunked(uploaded: DocumentUploaded, found: Parsed, dates: dict[str, object]) -> Iterator[DocumentChunked]:
    parts = list(batches(found.chunks))
    about = _about(uploaded) | dates | {"batches": len(parts), "pages": found.pages}
    return (DocumentChunked.model_validate(about | {"batch": n, "chunks": part}) for n, part in enumerate(parts))


def _about(event: DocumentEvent) -> dict[str, object]:
    return event.model_dump(include={"document_id", "revision", "workspace", "title"})


def _this(event: DocumentEvent) -> ColumnElement[bool]:
    return and_(documents.c.document_id == event.document_id, documents.c.revision == event.revision)


async def _current(
    session: AsyncSession, event: DocumentEvent, states: tuple[str, ...]
) -> Row[tuple[object, ...]] | None:
    wanted = and_(_this(event), documents.c.status.in_(states))
    return (await session.execute(select(documents).where(wanted).with_for_update())).first()
