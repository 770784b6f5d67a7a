"""Documents as their uploaders and readers see them: received, described, amended, discarded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.ingestion import listing
from services.ingestion.receiving import again, received
from services.ingestion.removal import remove
from services.ingestion.rows import NO_WORKSPACE, Found, opened
from services.ingestion.tables import documents, state, utc
from shared.audience import names
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
    DocumentState,
    DocumentStates,
    Receive,
    Retry,
)
from shared.outbox import Outbox

AMENDED = {"title", "effective", "expires", "owner", "review", "withdrawn"}
TAKEN = "Another document of this workspace has this title. Choose another one."
NEVER = "The field 'expires' ({}) is not after 'effective' ({}): nobody could ever find it. Set a later date."


class Documents:
    """The owner's tables; each change and its event are one transaction."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.database, self.outbox = database, outbox

    async def receive(self, request: Receive, right: Right) -> DocumentState:
        """A new document, the next revision of one, or the one that has these bytes already."""
        if request.workspace not in right.workspaces:
            raise NO_WORKSPACE
        _in_order(request.effective, request.expires)
        try:
            return await self._receive(request, right.principal.id)
        except IntegrityError:
            # Another replica received the same title or bytes a moment ago: now they are there.
            return await self._receive(request, right.principal.id)

    async def _receive(self, request: Receive, by: str) -> DocumentState:
        async with self._changing() as session:
            return state(await received(session, self.outbox, request, by))

    async def retry(self, request: Retry, right: Right) -> DocumentState:
        """A rejected document is read once more."""
        async with self._changing() as session:
            row = await opened(session, request.document_id, right)
            return state(await again(session, self.outbox, row, right.principal.id))

    async def describe(self, request: Describe, right: Right) -> DocumentStates:
        """One document, or a page of those that the right covers."""
        return await listing.describe(self.database, request, right)

    async def amend(self, request: Amend, right: Right) -> DocumentState:
        """Other facts about it; what is neither given nor cleared stays."""
        given = request.model_dump(include=AMENDED, exclude_none=True) | dict.fromkeys(request.clear)
        if request.owner is not None:
            names("owner", [request.owner])
        try:
            async with self._changing() as session:
                row = await opened(session, request.document_id, right)
                return await self._amended(session, row, given)
        except IntegrityError as error:
            raise Refused("title_taken", TAKEN, 409) from error

    async def _amended(self, session: AsyncSession, row: Found, given: dict[str, Any]) -> DocumentState:
        now = state(row, **given)
        if given:
            _in_order(now.effective, now.expires)
            late = row.status in ("received", "parsing", "indexing")
            mine = documents.c.document_id == row.document_id
            await session.execute(update(documents).where(mine).values(**given, amended=row.amended or late))
            await self.outbox.add(session, DocumentAmended.model_validate(now.model_dump()))
        return now

    async def change_access(self, request: ChangeAccess, right: Right) -> DocumentState:
        """Other readers from now on; no text is read or indexed again."""
        given = request.model_dump(include={"allow", "deny"}, exclude_none=True, mode="json")
        async with self._changing() as session:
            row = await opened(session, request.document_id, right)
            changed = given | {"access": row.access + 1}
            mine = documents.c.document_id == row.document_id
            await session.execute(update(documents).where(mine).values(**changed))
            told = row._asdict() | changed | {"by": right.principal.id}
            fields = {name: told[name] for name in DocumentAccessChanged.model_fields}
            await self.outbox.add(session, DocumentAccessChanged.model_validate(fields))
        return state(row, **given)

    async def discard(self, request: Discard, right: Right) -> DocumentState:
        """Its rows go now; the events take bytes, chunks and vectors along."""
        async with self._changing() as session:
            row = await opened(session, request.document_id, right)
            await remove(session, self.outbox, row, right.principal.id)
        return state(row, status="removed")

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[AsyncSession]:
        """A transaction whose events leave after it."""
        async with self.database.transaction() as session:
            yield session
        self.outbox.send()


def _in_order(effective: datetime | None, expires: datetime | None) -> None:
    effective, expires = utc(effective), utc(expires)
    if effective and expires and expires <= effective:
        raise Refused("invalid", NEVER.format(expires.date(), effective.date()), 422)
