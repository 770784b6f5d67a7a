"""The SQL of documents and their revisions, inside a transaction that the caller holds."""

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingestion.rights import seen
from services.ingestion.tables import documents, revisions
from shared.capability import Right
from shared.errors import Refused
from shared.events import DocumentAmended, DocumentEvent, DocumentState
from shared.outbox import Outbox

Found = Row[tuple[object, ...]]
SHARED = ("status", "reason", "pages", "chunks")
NO_WORKSPACE = Refused("workspace_not_found", "There is no such workspace, or it is not open to you.", 404)
NO_DOCUMENT = Refused("document_not_found", "There is no such document, or it is not open to you.", 404)


async def found(session: AsyncSession, which: ColumnElement[bool]) -> Found | None:
    """The row, kept from other writers until the transaction ends."""
    return (await session.execute(select(documents).where(which).with_for_update())).first()


async def opened(session: AsyncSession, document_id: str, right: Right) -> Found:
    """The row, when the right lets it be seen; a foreign one looks as if it were not there."""
    row = await found(session, and_(documents.c.document_id == document_id, seen(right)))
    if row is None:
        raise NO_DOCUMENT
    return row


async def current(session: AsyncSession, event: DocumentEvent, states: tuple[str, ...]) -> Found | None:
    """The event's document, while its revision is the newest and in one of these states."""
    newest = and_(documents.c.document_id == event.document_id, documents.c.revision == event.revision)
    return await found(session, and_(newest, documents.c.status.in_(states)))


async def change(session: AsyncSession, event: DocumentEvent, **values: object) -> None:
    """What is known of the newest revision, in its document's row and in its own."""
    mine = documents.c.document_id == event.document_id
    await session.execute(update(documents).where(mine).values(**values))
    await note(session, event, **{name: value for name, value in values.items() if name in SHARED})


async def note(session: AsyncSession, event: DocumentEvent, **values: object) -> None:
    """What is known of a revision, whether or not it is the newest."""
    mine = and_(revisions.c.document_id == event.document_id, revisions.c.revision == event.revision)
    if values:
        await session.execute(update(revisions).where(mine).values(**values))


async def tell_amended(session: AsyncSession, outbox: Outbox, row: Found, now: DocumentState) -> None:
    """The next amendment of a document leaves with its change: the highest number holds, however late others come."""
    number = int(row._mapping["amendment"]) + 1
    mine = documents.c.document_id == now.document_id
    await session.execute(update(documents).where(mine).values(amendment=number))
    await outbox.add(session, DocumentAmended.model_validate(now.model_dump() | {"amendment": number}))
