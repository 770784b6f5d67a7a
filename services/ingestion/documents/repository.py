"""The SQL of documents and revisions. The caller holds the transaction."""

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.documents.access import seen
from services.ingestion.tables import documents, revisions
from shared.errors import Refused
from shared.events import DocumentAmended, DocumentEvent, DocumentState
from shared.security.capability import Right
from shared.sql.outbox import Outbox

Found = Row[tuple[object, ...]]
SHARED = ("status", "reason", "code", "pages", "chunks")


def no_document() -> Refused:
    """A document that is not there, or foreign."""
    return Refused("document_not_found", "There is no such document, or it is not open to you.", 404)


def no_workspace() -> Refused:
    """A workspace that is not there, or foreign."""
    return Refused("workspace_not_found", "There is no such workspace, or it is not open to you.", 404)


async def found(connection: AsyncConnection, which: ColumnElement[bool]) -> Found | None:
    """The row, kept from other writers until the transaction ends."""
    return (await connection.execute(select(documents).where(which).with_for_update())).first()


async def opened(connection: AsyncConnection, document_id: str, right: Right) -> Found:
    """The row, when the right lets it be seen; a foreign one looks as if it were not there."""
    row = await found(connection, and_(documents.c.document_id == document_id, seen(right)))
    if row is None:
        raise no_document()
    return row


async def current(connection: AsyncConnection, event: DocumentEvent, states: tuple[str, ...]) -> Found | None:
    """The event's document, while its revision is the newest and in one of these states."""
    newest = and_(documents.c.document_id == event.document_id, documents.c.revision == event.revision)
    return await found(connection, and_(newest, documents.c.status.in_(states)))


async def change(connection: AsyncConnection, event: DocumentEvent, **values: object) -> None:
    """What is known of the newest revision, in its document's row and in its own."""
    mine = documents.c.document_id == event.document_id
    await connection.execute(update(documents).where(mine).values(**values))
    await note(connection, event, **{name: value for name, value in values.items() if name in SHARED})


async def note(connection: AsyncConnection, event: DocumentEvent, **values: object) -> None:
    """What is known of a revision, whether or not it is the newest."""
    mine = and_(revisions.c.document_id == event.document_id, revisions.c.revision == event.revision)
    if values:
        await connection.execute(update(revisions).where(mine).values(**values))


async def add_amended(connection: AsyncConnection, outbox: Outbox, row: Found, now: DocumentState) -> None:
    """The next amendment of a document leaves with its change: the highest number holds, however late others come."""
    number = int(row._mapping["amendment"]) + 1
    mine = documents.c.document_id == now.document_id
    await connection.execute(update(documents).where(mine).values(amendment=number))
    await outbox.add(connection, DocumentAmended.model_validate(now.model_dump() | {"amendment": number}))
