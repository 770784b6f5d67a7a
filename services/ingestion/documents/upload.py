"""Stores an upload as a new document or as the next revision of one."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.documents.access import seen
from services.ingestion.documents.acl import Lists, lists_of, relist, twin
from services.ingestion.documents.deletion import remove
from services.ingestion.documents.repository import Found, found
from services.ingestion.storage.object_gc import discard_objects
from services.ingestion.tables import documents, revisions
from shared.errors import Refused
from shared.events import DocumentUploaded, Receive, UploadChange
from shared.security.capability import Right
from shared.sql.outbox import Outbox

GIVEN = {"workspace", "title", "object", "sha256", "size", "effective", "expires"}
# What a new revision keeps of the one before, unless it says otherwise.
KEPT = {"owner", "review"}
FRESH: dict[str, object] = {
    "status": "received", "reason": None, "code": None, "pages": None, "chunks": None, "media_type": "",
    "progress": None, "taken_out": {}, "begun": 0, "amended": False, "vectors": None, "vectors_due": None,
}  # fmt: skip
NOT_REJECTED = "It is {}: only a rejected document can be read once more. Upload another file for a new revision."


async def received(
    connection: AsyncConnection, outbox: Outbox, request: Receive, right: Right, parent: str | None = None
) -> tuple[Found, UploadChange]:
    """The document of this title, with these bytes as its next revision, else a new one.

    Rejected bytes are tried again under the title that is given now.
    What the uploader may not see is not there for them; what came in their upload before is.
    """
    shown = or_(seen(right), documents.c.parent == parent) if parent else seen(right)
    here, given = and_(documents.c.workspace == request.workspace, shown), lists_of(request)
    titled = await found(connection, and_(here, documents.c.title == request.title))
    if titled and titled.sha256 == request.sha256 and titled.status != "rejected":
        if titled.object != request.object:
            await discard_objects(connection, [request.object], titled.document_id)
        return await _relisted(connection, outbox, titled, given, right, parent), "unchanged"
    failed = and_(here, documents.c.sha256 == request.sha256, documents.c.status == "rejected")
    tried = await found(connection, and_(failed, documents.c.title != request.title))
    if tried and titled:
        await remove(connection, outbox, tried, right.principal.id)
    before = titled or tried
    if before:
        before = await _relisted(connection, outbox, before, given, right, parent)
    own = before.document_id if before else uuid4().hex
    values = _values(request, right.principal.id, before, parent) | given | {"document_id": own}
    values["twin"] = await twin(connection, right, values, before)
    return await _written(connection, outbox, values, before), "revision" if before else "new"


async def same_as(connection: AsyncConnection, row: Found, right: Right) -> str | None:
    """The title of another document of its workspace that has its bytes and is there for the caller."""
    here = and_(documents.c.workspace == row.workspace, documents.c.sha256 == row.sha256, seen(right))
    others = select(documents.c.title).where(here, documents.c.document_id != row.document_id)
    title: str | None = await connection.scalar(others.order_by(documents.c.created_at).limit(1))
    return title


async def _relisted(
    connection: AsyncConnection, outbox: Outbox, row: Found, given: Lists, right: Right, parent: str | None
) -> Found:
    """A member takes its upload's lists; a document of the same bytes that was there by itself keeps its own."""
    if parent is None:
        return await relist(connection, outbox, row, given, right)
    if row.parent != parent:
        return row
    return await relist(connection, outbox, row, given, right.model_copy(update={"managed": right.workspaces}))


async def again(connection: AsyncConnection, outbox: Outbox, row: Found, by: str) -> Found:
    """A rejected document's bytes as its next revision: another number, so that nothing of the last try is mistaken."""
    if row.status != "rejected":
        raise Refused("not_rejected", NOT_REJECTED.format(row.status), 409)
    same = {name: row._mapping[name] for name in {*GIVEN, "document_id"}}
    return await _written(connection, outbox, same | FRESH | {"uploaded_by": by}, row)


def _values(request: Receive, by: str, before: Found | None, parent: str | None) -> dict[str, object]:
    values = request.model_dump(include=GIVEN) | FRESH | {"uploaded_by": by, "parent": parent}
    kept = request.model_dump(include=KEPT)
    if before is None:
        return values | kept | {"owner": request.owner or by}
    return values | {name: value for name, value in kept.items() if value}


async def _written(
    connection: AsyncConnection, outbox: Outbox, values: dict[str, object], before: Found | None
) -> Found:
    """A new row, or the next revision of the one before."""
    now = datetime.now(UTC)
    if before is None:
        one = {"document_id": values["document_id"], "revision": 1}
        await connection.execute(documents.insert().values(values | one | {"created_at": now}))
    else:
        one = {"document_id": before.document_id, "revision": before.revision + 1}
        mine = documents.c.document_id == before.document_id
        await connection.execute(update(documents).where(mine).values(values | one))
    kept = {name: values[name] for name in ("object", "sha256", "size", "uploaded_by", "title")}
    await connection.execute(revisions.insert().values(**one, **kept, created_at=now))
    row = (await connection.execute(select(documents).where(documents.c.document_id == one["document_id"]))).one()
    await outbox.add(connection, _uploaded(row))
    return row


def _uploaded(row: Found) -> DocumentUploaded:
    return DocumentUploaded.model_validate({name: row._mapping[name] for name in DocumentUploaded.model_fields})
