"""Documents as their uploaders and readers see them: received, described, amended, discarded."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingestion.objects import discard_objects
from services.ingestion.tables import documents, revisions, state
from shared.capability import Right
from shared.database import Database
from shared.errors import Refused
from shared.events import (
    Amend,
    ChangeAccess,
    Describe,
    Discard,
    DocumentAccessChanged,
    DocumentAmended,
    DocumentRemoved,
    DocumentState,
    DocumentStates,
    DocumentUploaded,
    Receive,
)  # fmt: skip
from shared.outbox import Outbox

Found = Row[tuple[object, ...]]
GIVEN = {"workspace", "title", "object", "sha256", "size", "effective", "expires"}
NO_WORKSPACE = Refused("workspace_not_found", "There is no such workspace, or it is not open to you.", 404)
NO_DOCUMENT = Refused("document_not_found", "There is no such document, or it is not open to you.", 404)


class Documents:
    """The owner's tables; each change and its event are one transaction."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.database, self.outbox = database, outbox

    async def receive(self, request: Receive, right: Right) -> DocumentState:
        """The document of these bytes: the same bytes in a workspace are one, rejected ones are tried again."""
        if request.workspace not in right.workspaces:
            raise NO_WORKSPACE
        try:
            found = await self._receive(request, right.principal.id)
        except IntegrityError:
            # Another replica received the same title or bytes a moment ago: now they are there.
            found = await self._receive(request, right.principal.id)
        self.outbox.send()
        return found

    async def _receive(self, request: Receive, by: str) -> DocumentState:
        async with self.database.transaction() as session:
            here = documents.c.workspace == request.workspace
            same = await _row(session, and_(here, documents.c.sha256 == request.sha256))
            if same and same.status != "rejected":
                if same.object != request.object:
                    await discard_objects(session, [request.object])
                return state(same)
            titled = await _row(session, and_(here, documents.c.title == request.title))
            if same and titled and same.document_id != titled.document_id:
                await self._remove(session, same)
            row = await _written(session, request, by, titled or same)
            await self.outbox.add(session, _uploaded(row))
            return state(row)

    async def describe(self, request: Describe, right: Right) -> DocumentStates:
        """One document, or a page of those that the right covers, newest first."""
        if request.workspace and request.workspace not in right.workspaces:
            raise NO_WORKSPACE
        covered: ColumnElement[bool] = documents.c.workspace.in_(
            [request.workspace] if request.workspace else right.workspaces
        )
        if request.document_id:
            covered = and_(covered, documents.c.document_id == request.document_id)
        page = select(documents).where(covered).order_by(documents.c.created_at.desc(), documents.c.document_id)
        async with self.database.reading() as session:
            total = await session.scalar(select(func.count()).select_from(documents).where(covered)) or 0
            rows = (await session.execute(page.limit(min(request.limit, 1000)).offset(request.offset))).all()
        if request.document_id and not rows:
            raise NO_DOCUMENT
        return DocumentStates(documents=tuple(state(row) for row in rows), total=total)

    async def amend(self, request: Amend, right: Right) -> DocumentState:
        """Another title or other dates; what is not given stays."""
        given = request.model_dump(include={"title", "effective", "expires"}, exclude_none=True)
        try:
            async with self.database.transaction() as session:
                row = await _open(session, request.document_id, right)
                if given:
                    await session.execute(
                        update(documents).where(documents.c.document_id == row.document_id).values(**given)
                    )
                    now = state(row, **given)
                    await self.outbox.add(session, DocumentAmended.model_validate(now.model_dump()))
            self.outbox.send()
            return state(row, **given)
        except IntegrityError as error:
            raise Refused(
                "title_taken", "Another document of this workspace has this title. Choose another one.", 409
            ) from error

    async def change_access(self, request: ChangeAccess, right: Right) -> DocumentState:
        """Other readers from now on; no text is read or indexed again."""
        given = request.model_dump(include={"allow", "deny"}, exclude_none=True, mode="json")
        async with self.database.transaction() as session:
            row = await _open(session, request.document_id, right)
            changed = given | {"access": row.access + 1}
            mine = documents.c.document_id == row.document_id
            await session.execute(update(documents).where(mine).values(**changed))
            told = row._asdict() | changed | {"by": right.principal.id}
            fields = {name: told[name] for name in DocumentAccessChanged.model_fields}
            await self.outbox.add(session, DocumentAccessChanged.model_validate(fields))
        self.outbox.send()
        return state(row, **given)

    async def discard(self, request: Discard, right: Right) -> DocumentState:
        """Row and bytes go now; the event takes chunks and vectors along."""
        async with self.database.transaction() as session:
            row = await _open(session, request.document_id, right)
            await self._remove(session, row)
        self.outbox.send()
        return state(row, status="removed")

    async def _remove(self, session: AsyncSession, row: Found) -> None:
        mine = revisions.c.document_id == row.document_id
        await discard_objects(session, (await session.scalars(select(revisions.c.object).where(mine))).all())
        await session.execute(delete(revisions).where(mine))
        await session.execute(delete(documents).where(documents.c.document_id == row.document_id))
        about = {name: row._mapping[name] for name in ("document_id", "revision", "workspace", "title")}
        await self.outbox.add(session, DocumentRemoved.model_validate(about))


async def _row(session: AsyncSession, which: ColumnElement[bool]) -> Found | None:
    return (await session.execute(select(documents).where(which).with_for_update())).first()


async def _open(session: AsyncSession, document_id: str, right: Right) -> Found:
    """The row, when the right covers its workspace; a foreign one looks as if it were not there."""
    row = await _row(session, and_(documents.c.document_id == document_id, documents.c.workspace.in_(right.workspaces)))
    if row is None:
        raise NO_DOCUMENT
    return row


async def _written(session: AsyncSession, request: Receive, by: str, before: Found | None) -> Found:
    """A new row, or the next revision of the one before."""
    given = request.model_dump(include=GIVEN)
    fresh = {"status": "received", "reason": None, "pages": None, "chunks": None, "media_type": "", "uploaded_by": by}
    now = datetime.now(UTC)
    if before is None:
        one = {"document_id": uuid4().hex, "revision": 1}
        await session.execute(documents.insert().values(**given, **fresh, **one, created_at=now))
    else:
        one = {"document_id": before.document_id, "revision": before.revision + 1}
        await session.execute(
            update(documents).where(documents.c.document_id == before.document_id).values(**given, **fresh, **one)
        )
    kept = {name: given[name] for name in ("object", "sha256", "size")}
    await session.execute(revisions.insert().values(**one, **kept, uploaded_by=by, created_at=now))
    return (await session.execute(select(documents).where(documents.c.document_id == one["document_id"]))).one()


def _uploaded(row: Found) -> DocumentUploaded:
    return DocumentUploaded.model_validate({name: row._mapping[name] for name in DocumentUploaded.model_fields})
