"""Lists and filters documents."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from services.ingestion.documents.access import known, readable, seen, shown, watches, weighed
from services.ingestion.documents.repository import no_document, no_workspace
from services.ingestion.tables import documents
from shared.events import AccessChecked, CheckAccess, Describe, DocumentStates, MayRead, Readable
from shared.security.capability import Right
from shared.sql.database import Database

MOST = 1000


async def describe(database: Database, request: Describe, right: Right) -> DocumentStates:
    """One document, or a page of those that the right covers: newest first, and what is due by its date."""
    if request.workspace and request.workspace not in right.workspaces:
        raise no_workspace()
    which = and_(seen(right), *_wanted(request))
    page = select(documents).where(which).order_by(*_order(request), documents.c.document_id)
    async with database.reading() as connection:
        total = await connection.scalar(select(func.count()).select_from(documents).where(which)) or 0
        rows = (await connection.execute(page.limit(min(request.limit, MOST)).offset(request.offset))).all()
    if request.document_id and not rows:
        raise no_document()
    return DocumentStates(documents=tuple(shown(row, right) for row in rows), total=total)


async def may_read(database: Database, request: MayRead, right: Right) -> Readable:
    """Of these, the ones whose text is open."""
    asked = documents.c.document_id.in_(request.document_ids)
    async with database.reading() as connection:
        found = await connection.execute(select(documents.c.document_id).where(asked, readable(right)))
        return Readable(document_ids=tuple(found.scalars()))


async def check_access(database: Database, request: CheckAccess, right: Right) -> AccessChecked:
    """How a document's lists decide about somebody; auditors may ask about any."""
    wanted = select(documents).where(documents.c.document_id == request.document_id)
    async with database.reading() as connection:
        row = (await connection.execute(wanted if watches(right) else wanted.where(known(right)))).first()
    if row is None:
        raise no_document()
    return weighed(row, right, request)


def _wanted(request: Describe) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for name in ("document_id", "workspace", "status", "uploaded_by"):
        if value := getattr(request, name):
            wanted.append(documents.c[name] == value)
    if request.text:
        wanted.append(documents.c.title.icontains(request.text, autoescape=True))
    if request.due is not None:
        until = datetime.now(UTC) + timedelta(days=request.due)
        wanted.append(or_(documents.c.review <= until, documents.c.expires <= until))
    return wanted


def _order(request: Describe) -> list[Any]:
    if request.due is not None:
        return [func.coalesce(documents.c.review, documents.c.expires)]
    return [documents.c.created_at.desc()]
