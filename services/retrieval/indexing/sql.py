"""The SQL of documents, revisions and chunks. The caller holds the transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.retrieval.index.embedding_index import ChunkToIndex
from services.retrieval.indexing.outlines import extend_outline
from services.retrieval.search.answerability import packed
from services.retrieval.tables import chunks, documents, outlines, revisions
from services.retrieval.text.bm25 import Sparse
from services.retrieval.text.bm25 import document as weighted
from shared.events import Chunk, DocumentAccessChanged, DocumentChunked, DocumentEvent, DocumentIndexed

Listed = DocumentChunked | DocumentAccessChanged


def point_id(document_id: str, revision: int, n: int) -> str:
    """The same for the same chunk, so that a repeat overwrites."""
    return str(uuid5(NAMESPACE_URL, f"cloister:{document_id}/{revision}/{n}"))


class AccessLists(NamedTuple):
    """A document's lists after `access` changes of them."""

    access: int
    allow: tuple[str, ...]
    deny: tuple[str, ...]

    @classmethod
    def of(cls, row: RowMapping) -> "AccessLists":
        return cls(row["access"], tuple(row["allow"]), tuple(row["deny"]))


class ChunkText(NamedTuple):
    """A chunk's text with the title of its document and the headings that it stands under."""

    title: str
    heading: Sequence[str]
    text: str

    @property
    def whole(self) -> str:
        """What is embedded."""
        return placed_text(*self)

    @property
    def terms(self) -> Sparse:
        """What is counted."""
        return weighted(self.text, self.title, self.heading)


def placed_text(title: str, heading: Sequence[str], text: str) -> str:
    """What is embedded and counted: a chunk knows its document and its place in it."""
    return "\n".join(part for part in (title, " > ".join(heading), text) if part)


def oldest_of(row: RowMapping) -> int:
    return max(int(row["current"]), int(row["removed"]) + 1)


def same_revision() -> Any:
    return (revisions.c.document_id == chunks.c.document_id) & (revisions.c.revision == chunks.c.revision)


def of_revision(table: Any, event: DocumentEvent) -> Any:
    return (table.c.document_id == event.document_id) & (table.c.revision == event.revision)


async def document(connection: AsyncConnection, id: str) -> RowMapping | None:
    found = await connection.execute(select(documents).where(documents.c.document_id == id))
    return found.mappings().first()


async def documented(connection: AsyncConnection, id: str, withdrawn: bool = False) -> RowMapping:
    """A document's row, made if there is none, and locked where the database locks rows."""
    wanted = select(documents).where(documents.c.document_id == id).with_for_update()
    if found := (await connection.execute(wanted)).mappings().first():
        return found
    await connection.execute(insert(documents).values(document_id=id, current=0, removed=0, withdrawn=withdrawn))
    return (await connection.execute(wanted)).mappings().one()


async def arrival(connection: AsyncConnection, batch: DocumentChunked) -> RowMapping | None:
    """What is known of a batch's document, and which batches of its revision are `received`."""
    both = documents.outerjoin(
        revisions, (revisions.c.document_id == documents.c.document_id) & (revisions.c.revision == batch.revision)
    )
    wanted = select(documents.c.current, documents.c.removed, revisions.c.received).select_from(both)
    return (await connection.execute(wanted.where(documents.c.document_id == batch.document_id))).mappings().first()


async def take_readers(connection: AsyncConnection, row: RowMapping, event: Listed) -> AccessLists:
    """Keep its lists, unless newer ones are known, or these. Gives those that hold now."""
    known, new = AccessLists.of(row), AccessLists(event.access, tuple(event.allow), tuple(event.deny))
    if new == known or new.access < known.access:
        return known
    values = {"allow": list(new.allow), "deny": list(new.deny), "access": new.access}
    await connection.execute(update(documents).where(documents.c.document_id == event.document_id).values(values))
    return new


async def revision(connection: AsyncConnection, event: DocumentEvent) -> RowMapping | None:
    return (await connection.execute(select(revisions).where(of_revision(revisions, event)))).mappings().first()


async def receive(connection: AsyncConnection, batch: DocumentChunked, pieces: Sequence[ChunkToIndex]) -> list[int]:
    """Gives the batches that are kept by now; `pieces` are this one's chunks as they were placed."""
    kept = await revision(connection, batch)
    known: list[int] = kept["received"] if kept else []
    received = sorted({*known, batch.batch})
    about = {
        "workspace": batch.workspace,
        "title": batch.title,
        "pages": batch.pages,
        "batches": batch.batches,
        "effective": batch.effective,
        "expires": batch.expires,
        "received": received,
    }
    key = {"document_id": batch.document_id, "revision": batch.revision}
    await connection.execute(
        update(revisions).where(of_revision(revisions, batch)).values(about)
        if kept
        else insert(revisions).values(key | about)
    )
    if batch.batch not in known and batch.chunks:
        rows = zip(batch.chunks, pieces, strict=True)
        await connection.execute(insert(chunks), [key | _row(chunk, piece) for chunk, piece in rows])
        await extend_outline(connection, batch)
    return received


def _row(chunk: Chunk, piece: ChunkToIndex) -> dict[str, Any]:
    kept = {name: getattr(chunk, name) for name in ("n", "page", "start", "end", "text")}
    return kept | {"id": piece.id, "heading": list(chunk.heading), "terms": packed(piece.terms.indices)}


async def make_current(connection: AsyncConnection, batch: DocumentChunked) -> None:
    named = documents.c.document_id == batch.document_id
    await connection.execute(update(documents).where(named).values(current=batch.revision))
    await forget(connection, batch.document_id, batch.revision)


async def counted(connection: AsyncConnection, document_id: str, before: int) -> int:
    """How many chunks the revisions below `before` have."""
    mine = chunks.c.document_id == document_id, chunks.c.revision < before
    return (await connection.execute(select(func.count()).select_from(chunks).where(*mine))).scalar_one()


async def forget(connection: AsyncConnection, document_id: str, before: int) -> None:
    for table in (chunks, outlines, revisions):
        await connection.execute(delete(table).where(table.c.document_id == document_id, table.c.revision < before))


async def indexed(connection: AsyncConnection, batch: DocumentChunked) -> DocumentIndexed:
    total = select(func.count()).select_from(chunks).where(of_revision(chunks, batch))
    about = batch.model_dump(include={"document_id", "revision", "workspace", "title", "pages"})
    return DocumentIndexed(**about, chunks=(await connection.execute(total)).scalar_one())
