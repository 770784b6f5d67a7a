"""Stores chunks. A revision becomes visible as a whole or not at all."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, func, select, update

from services.retrieval.index.embedding_index import ChunkToIndex
from services.retrieval.indexing import sql
from services.retrieval.indexing.pending import enqueue, enqueue_again
from services.retrieval.indexing.sql import AccessLists
from services.retrieval.tables import chunks, documents, revisions
from shared.events import DocumentAccessChanged, DocumentAmended, DocumentChunked, DocumentEvent, DocumentIndexed
from shared.sql.database import Database


class StoredDocument(NamedTuple):
    """The oldest revision that anything may still be kept of, and who may read it now."""

    oldest: int
    readers: AccessLists


class StoredBatch(NamedTuple):
    """A batch's rows are in; `indexed` when that made its revision the current one."""

    standing: StoredDocument
    indexed: DocumentIndexed | None = None


class ChunkRepository:
    """The rows of all documents; each change is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lacks(self, batch: DocumentChunked) -> bool:
        """Whether this batch is still to be placed: its rows are not kept, and nothing newer came before it."""
        async with self._database.reading() as connection:
            row = await sql.arrival(connection, batch)
        return row is None or not (batch.revision < sql.oldest_of(row) or batch.batch in (row["received"] or ()))

    async def keep(self, batch: DocumentChunked, pieces: Sequence[ChunkToIndex]) -> StoredBatch:
        """Store the rows of its chunks as they were placed: none when the batch is known, or too old.

        With the last batch the revision becomes the current one, and the event says so.
        """
        async with self._database.transaction() as connection:
            # Of a document that is known, only an amendment says so: a batch may have waited while that overtook it.
            row = await sql.documented(connection, batch.document_id, withdrawn=batch.withdrawn)
            if batch.revision < sql.oldest_of(row):
                return StoredBatch(StoredDocument(sql.oldest_of(row), AccessLists.of(row)))
            readers = await sql.take_readers(connection, row, batch)
            received = await sql.receive(connection, batch, pieces)
            await enqueue_again(connection, batch, [piece.id for piece in pieces])
            if len(received) < batch.batches:
                return StoredBatch(StoredDocument(sql.oldest_of(row), readers))
            await sql.make_current(connection, batch)
            return StoredBatch(StoredDocument(batch.revision, readers), await sql.indexed(connection, batch))

    async def enqueue(self, batch: DocumentChunked) -> None:
        """Have the vectors of its revision made."""
        async with self._database.transaction() as connection:
            await enqueue(connection, batch)

    async def amend(self, event: DocumentAmended) -> None:
        """Title, dates and whether it is withdrawn; an older change that comes late changes nothing."""
        about = {
            "title": event.title,
            "effective": event.effective,
            "expires": event.expires,
        }
        named, now = documents.c.document_id == event.document_id, dict[str, Any](withdrawn=event.withdrawn)
        async with self._database.transaction() as connection:
            row = await sql.documented(connection, event.document_id)
            if event.amendment:
                if event.amendment < row["amendment"]:
                    return
                now["amendment"] = event.amendment
            of_document = revisions.c.document_id == event.document_id
            await connection.execute(
                update(revisions).where(of_document, revisions.c.revision <= event.revision).values(about)
            )
            await connection.execute(update(documents).where(named).values(now))

    async def change_readers(self, event: DocumentAccessChanged) -> AccessLists:
        """The lists that hold now: an older change that comes late changes nothing."""
        async with self._database.transaction() as connection:
            row = await sql.documented(connection, event.document_id)
            await sql.take_readers(connection, row, event)
        return (await self.standing(event.document_id)).readers

    async def standing(self, document_id: str) -> StoredDocument:
        """Of a document; an unknown one has empty lists."""
        async with self._database.reading() as connection:
            row = await sql.document(connection, document_id)
        return (
            StoredDocument(sql.oldest_of(row), AccessLists.of(row))
            if row
            else StoredDocument(0, AccessLists(-1, (), ()))
        )

    async def remove(self, event: DocumentEvent) -> int:
        """Nobody finds this revision or an older one any more; a late batch does not bring it back. Gives how many."""
        async with self._database.transaction() as connection:
            row = await sql.documented(connection, event.document_id)
            gone = {"removed": max(event.revision, row["removed"])}
            if row["current"] <= event.revision:
                gone["current"] = 0
            await connection.execute(update(documents).where(documents.c.document_id == event.document_id).values(gone))
            counted = await sql.counted(connection, event.document_id, event.revision + 1)
            await sql.forget(connection, event.document_id, event.revision + 1)
        await self._database.scrub()
        return counted

    async def count(self) -> int:
        """How many chunks are kept."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(func.count()).select_from(chunks))).scalar_one()

    async def embedded(self) -> int:
        """How many of them have their vectors."""
        counted = select(func.count()).select_from(chunks).where(chunks.c.embedded)
        async with self._database.reading() as connection:
            return (await connection.execute(counted)).scalar_one()

    async def after(self, id: str, limit: int = 64) -> Sequence[RowMapping]:
        """The next chunks that have vectors, in the order of their ids, with title, workspace and readers."""
        joined = chunks.join(revisions, sql.same_revision())
        joined = joined.join(documents, documents.c.document_id == chunks.c.document_id)
        readers = documents.c.allow, documents.c.deny, documents.c.access
        wanted = select(chunks, revisions.c.title, revisions.c.workspace, *readers).select_from(joined)
        async with self._database.reading() as connection:
            found = await connection.execute(
                wanted.where(chunks.c.id > id, chunks.c.embedded).order_by(chunks.c.id).limit(limit)
            )
        return found.mappings().all()
