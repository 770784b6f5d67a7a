"""Receives, describes, amends and deletes documents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.documents import queries
from services.ingestion.documents.access import shown
from services.ingestion.documents.acl import lists_of, relist, twin
from services.ingestion.documents.deletion import remove
from services.ingestion.documents.repository import Found, add_amended, no_workspace, opened
from services.ingestion.documents.upload import again, received, same_as
from services.ingestion.tables import documents, state
from shared.errors import Refused
from shared.events import (
    Amend,
    ChangeAccess,
    DeleteDocument,
    Describe,
    DocumentState,
    DocumentStates,
    Receive,
    Received,
    Retry,
)
from shared.security.acl import names
from shared.security.capability import Right
from shared.sql.database import Database
from shared.sql.outbox import Outbox

AMENDED = {"title", "effective", "expires", "owner", "review", "withdrawn"}
PASSED_ON = AMENDED - {"title"}  # to the files of an archive or e-mail
TAKEN = "Another document of this workspace has this title. Choose another one."
NEVER = "The field 'expires' ({}) is not after 'effective' ({}): nobody could ever find it. Set a later date."


class Documents:
    """The owner's tables; each change and its event are one transaction."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.database, self.outbox = database, outbox

    async def receive(self, request: Receive, right: Right) -> Received:
        """A new document, the next revision of the one of this title, or that one unchanged."""
        if request.workspace not in right.workspaces:
            raise no_workspace()
        _in_order(request.effective, request.expires)
        names("owner", [request.owner] if request.owner else [])
        try:
            return await self._receive(request, right)
        except IntegrityError:
            # Another replica received the same title a moment ago: now it is there.
            return await self._receive(request, right)

    async def _receive(self, request: Receive, right: Right) -> Received:
        async with self._changing() as connection:
            row, change = await received(connection, self.outbox, request, right)
            also = await same_as(connection, row, right)
        return Received.model_validate(shown(row, right).model_dump() | {"change": change, "same_as": also})

    async def retry(self, request: Retry, right: Right) -> DocumentState:
        """A rejected document is read once more."""
        async with self._changing() as connection:
            row = await opened(connection, request.document_id, right)
            return shown(await again(connection, self.outbox, row, right.principal.id), right)

    async def describe(self, request: Describe, right: Right) -> DocumentStates:
        """One document, or a page of those that the right covers."""
        return await queries.describe(self.database, request, right)

    async def amend(self, request: Amend, right: Right) -> DocumentState:
        """Other facts about it; what is neither given nor cleared stays."""
        given = request.model_dump(include=AMENDED, exclude_none=True) | dict.fromkeys(request.clear)
        names("owner", [request.owner] if request.owner else [])
        try:
            async with self._changing() as connection:
                row = await opened(connection, request.document_id, right)
                if request.title:
                    given["twin"] = await twin(connection, right, row._asdict() | given, row)
                await self._amended(connection, row, given)
                return shown(row, right, **given)
        except IntegrityError as error:
            raise Refused("title_taken", TAKEN, 409) from error

    async def _amended(self, connection: AsyncConnection, row: Found, given: dict[str, Any]) -> None:
        """In force for what came in it, too."""
        now = state(row, **given)
        if given:
            _in_order(now.effective, now.expires)
            late = row.status in ("received", "parsing", "indexing")
            mine = documents.c.document_id == row.document_id
            await connection.execute(update(documents).where(mine).values(**given, amended=row.amended or late))
            await add_amended(connection, self.outbox, row, now)
        if down := {name: value for name, value in given.items() if name in PASSED_ON}:
            within = select(documents).where(documents.c.parent == row.document_id)
            for member in (await connection.execute(within)).all():
                await self._amended(connection, member, down)

    async def change_access(self, request: ChangeAccess, right: Right) -> DocumentState:
        """Other readers from now on; no text is read or indexed again."""
        given = lists_of(request)
        async with self._changing() as connection:
            row = await opened(connection, request.document_id, right)
            return shown(await relist(connection, self.outbox, row, given, right), right)

    async def discard(self, request: DeleteDocument, right: Right) -> DocumentState:
        """Its rows go now; the events take bytes, chunks and vectors along."""
        async with self._changing() as connection:
            row = await opened(connection, request.document_id, right)
            await remove(connection, self.outbox, row, right.principal.id)
        return shown(row, right, status="removed")

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction whose events leave after it."""
        async with self.database.transaction() as connection:
            yield connection
        self.outbox.send()


def _in_order(effective: datetime | None, expires: datetime | None) -> None:
    if effective and expires and expires <= effective:
        told = (f"{at.astimezone():%Y-%m-%d %H:%M %Z}" for at in (expires, effective))
        raise Refused("invalid", NEVER.format(*told), 422)
