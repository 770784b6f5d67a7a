"""Deletes documents: rows at once, then bytes, chunks and vectors; reports when the last is gone."""

from datetime import UTC, datetime

from sqlalchemy import and_, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.documents.repository import Found, no_document
from services.ingestion.storage.object_gc import discard_objects
from services.ingestion.tables import documents, removals, revisions
from shared.events import DocumentForgotten, DocumentRemoved, Removal
from shared.security.capability import Right
from shared.sql.database import Database
from shared.sql.outbox import Outbox


async def remove(connection: AsyncConnection, outbox: Outbox, row: Found, by: str) -> None:
    """The document, with all its revisions and all that came in it."""
    for member in (await connection.execute(select(documents).where(documents.c.parent == row.document_id))).all():
        await remove(connection, outbox, member, by)
    mine = revisions.c.document_id == row.document_id
    kept = (await connection.execute(select(revisions).where(mine))).all()
    names = [name for one in kept for name in (one.object, one.text) if name]
    await discard_objects(connection, names, row.document_id)
    await connection.execute(delete(revisions).where(mine))
    await connection.execute(delete(documents).where(documents.c.document_id == row.document_id))
    left = {"document_id": row.document_id, "workspace": row.workspace, "by": by, "removed_at": datetime.now(UTC)}
    counts = {"revisions": len(kept), "chunks": row.chunks or 0, "size": sum(one.size for one in kept)}
    await connection.execute(removals.insert().values(**left, **counts))
    about = {name: row._mapping[name] for name in ("document_id", "revision", "workspace", "title")}
    await outbox.add(connection, DocumentRemoved.model_validate(about))


async def forgotten(database: Database, event: DocumentForgotten) -> None:
    """Nothing of it is left in the index; how many chunks there were is known better there."""
    async with database.transaction() as connection:
        mine = removals.c.document_id == event.document_id
        counted = case((removals.c.chunks < event.chunks, event.chunks), else_=removals.c.chunks)
        await connection.execute(update(removals).where(mine).values(forgotten=True, chunks=counted))


async def described(database: Database, document_id: str, right: Right) -> Removal:
    """What is left of a removed document, for who removed it and for managers: its lists went with it."""
    told = or_(removals.c.by == right.principal.id, removals.c.workspace.in_(right.managed))
    mine = and_(removals.c.document_id == document_id, removals.c.workspace.in_(right.workspaces), told)
    async with database.reading() as connection:
        row = (await connection.execute(select(removals).where(mine))).mappings().first()
    if row is None:
        raise no_document()
    return Removal.model_validate(dict(row) | {"status": "removed" if row["gone_at"] else "removing"})
