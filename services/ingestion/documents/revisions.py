"""The revisions of a document. All keep their metadata, the newest ones their bytes."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.documents.access import reads, seen
from services.ingestion.documents.repository import no_document
from services.ingestion.storage.object_gc import discard_objects
from services.ingestion.tables import documents, revisions
from shared.errors import Refused
from shared.events import DescribeRevisions, DocumentHistory, FindNewest, Newest, Revision
from shared.security.capability import Right
from shared.sql.database import Database

NO_REVISION = "Document {} has no revision {}. See its revisions."


class RevisionHistory:
    """What was, for those who may see what is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def describe(self, request: DescribeRevisions, right: Right) -> DocumentHistory:
        """All revisions, newest first, or the one that is asked for."""
        which = and_(documents.c.document_id == request.document_id, seen(right))
        mine = revisions.c.document_id == request.document_id
        indexed = select(func.max(revisions.c.revision)).where(mine, revisions.c.status == "indexed")
        kept = select(revisions).where(mine).order_by(revisions.c.revision.desc())
        if request.revision is not None:
            kept = kept.where(revisions.c.revision == request.revision)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(documents).where(which))).first()
            newest = await connection.scalar(indexed)
            wanted = (await connection.execute(kept)).mappings().all()
        if row is None:
            raise no_document()
        if not wanted:
            raise Refused("revision_not_found", NO_REVISION.format(request.document_id, request.revision), 404)
        told = tuple(_revision(one, newest, reads(row, right)) for one in wanted)
        return DocumentHistory(
            document_id=row.document_id, title=row.title, workspace=row.workspace, newest=newest, revisions=told
        )

    async def newest(self, request: FindNewest, right: Right) -> Newest:
        """The revisions that are found, of those documents that the right covers."""
        wanted = and_(documents.c.document_id.in_(request.document_ids), seen(right))
        of = select(revisions.c.document_id, func.max(revisions.c.revision)).join(
            documents, documents.c.document_id == revisions.c.document_id
        )
        found = of.where(wanted, revisions.c.status == "indexed").group_by(revisions.c.document_id)
        async with self._database.reading() as connection:
            return Newest(newest={row[0]: row[1] for row in (await connection.execute(found)).all()})


async def prune(connection: AsyncConnection, document_id: str, keep: int) -> None:
    """Let go of the bytes of all but the `keep` newest revisions before the present one; their facts stay."""
    mine = and_(revisions.c.document_id == document_id, revisions.c.object != "")
    kept = (await connection.execute(select(revisions).where(mine).order_by(revisions.c.revision.desc()))).all()
    old = kept[keep + 1 :]
    await discard_objects(connection, _names([one._mapping for one in old]), document_id)
    gone = and_(mine, revisions.c.revision.in_([one.revision for one in old]))
    await connection.execute(update(revisions).where(gone).values(object="", text=""))


def _names(kept: Sequence[RowMapping]) -> list[str]:
    return [name for one in kept for name in (one["object"], one["text"]) if name]


def _revision(row: RowMapping, newest: int | None, open: bool) -> Revision:
    fields = {name: row[name] for name in Revision.model_fields if name in row}
    number = row["revision"]
    marks = {"current": number == newest, "superseded": newest is not None and number < newest}
    about = {"by": row["uploaded_by"], "at": row["created_at"], "kept": bool(row["object"])}
    places = {} if open else {"object": "", "text": ""}
    return Revision.model_validate(fields | about | marks | places)
