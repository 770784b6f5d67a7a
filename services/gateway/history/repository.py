"""Conversations of one principal: begun with the first question, listed, renamed, pinned, deleted."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.history.pending import keep
from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.tables import (
    attachments,
    conversations,
    feedback,
    in_conversation,
    same_conversation,
    shares,
    turns,
)
from shared.sql.database import Database

TITLE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of all that there are."""

    rows: Sequence[Row[Any]]
    total: int


class History:
    """The gateway's list of conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, call: PendingQuery) -> None:
        """A turn that waits for its answer; the first question is its conversation's title, a later one the newest."""
        async with self._database.transaction() as connection:
            await _begin(connection, call)
            # The same question with the same key, at another gateway, is kept already.
            with suppress(IntegrityError):
                async with connection.begin_nested():
                    await keep(connection, call)

    async def page(self, principal: str, text: str, limit: int, offset: int) -> Page:
        """Pinned ones first, then the newest; `text` is a part of a title or of a question."""
        which = conversations.c.principal == principal
        for word in text.split()[:8]:
            which = and_(which, _holds(word))
        count = select(func.count()).where(_same(), turns.c.pending.is_(None)).scalar_subquery()
        order = (case((conversations.c.pinned, 0), else_=1), conversations.c.updated_at.desc())
        wanted = select(conversations, count.label("turns")).where(which).order_by(*order).limit(limit).offset(offset)
        async with self._database.reading() as connection:
            total = await connection.scalar(select(func.count()).select_from(conversations).where(which))
            return Page((await connection.execute(wanted)).all(), total or 0)

    async def find(self, principal: str, conversation: str) -> Row[Any] | None:
        """One of them."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(conversations).where(_which(principal, conversation)))).first()

    async def turns(self, principal: str, conversation: str) -> Sequence[Row[Any]]:
        """All that was asked and answered in it, oldest first."""
        mine = in_conversation(turns, principal, conversation) & turns.c.pending.is_(None)
        async with self._database.reading() as connection:
            return (await connection.execute(select(turns).where(mine).order_by(turns.c.id))).all()

    async def change(self, principal: str, conversation: str, **values: Any) -> bool:
        """Another title, pinned or not; False when there is none."""
        wanted = update(conversations).where(_which(principal, conversation)).values(**values)
        async with self._database.transaction() as connection:
            return bool((await connection.execute(wanted)).rowcount)

    async def erase(self, principal: str, before: datetime) -> dict[str, int]:
        """Everything that somebody asked, was answered, shared and thought until then; how many rows of each."""
        mine = {conversations: conversations.c.updated_at} | {
            table: table.c.at for table in (turns, attachments, feedback, shares)
        }
        gone = {}
        async with self._database.transaction() as connection:
            for table, at in mine.items():
                done = await connection.execute(delete(table).where(table.c.principal == principal, at < before))
                gone[table.name] = done.rowcount
            # What others shared with them.
            await connection.execute(delete(shares).where(shares.c.reader == principal, shares.c.at < before))
        return gone

    async def old(self, before: datetime) -> Sequence[Row[Any, Any, Any, Any]]:
        """Conversations without a turn since then: whose they are, their queries and workspaces."""
        wanted = select(conversations.c.principal, conversations.c.conversation, turns.c.query, turns.c.workspaces)
        joined = conversations.join(turns, _same(), isouter=True)
        async with self._database.reading() as connection:
            found = await connection.execute(wanted.select_from(joined).where(conversations.c.updated_at < before))
            return found.all()

    async def remove(self, principal: str, conversation: str) -> bool:
        """It and its turns; False when there is none."""
        async with self._database.transaction() as connection:
            for table in (turns, shares, attachments):
                await connection.execute(delete(table).where(in_conversation(table, principal, conversation)))
            gone = await connection.execute(delete(conversations).where(_which(principal, conversation)))
            return bool(gone.rowcount)


async def _begin(connection: AsyncConnection, call: PendingQuery) -> None:
    now = datetime.now(UTC)
    which = _which(call.principal, str(call.conversation))
    if (await connection.execute(update(conversations).where(which).values(updated_at=now))).rowcount:
        return
    row = {"principal": call.principal, "conversation": call.conversation, "title": titled(call.question)}
    about = {"pinned": False, "created_at": now, "updated_at": now}
    # Two first questions at once: the other one began it.
    with suppress(IntegrityError):
        async with connection.begin_nested():
            await connection.execute(insert(conversations).values(**row, **about))


def titled(question: str) -> str:
    """The beginning of a question, on one line."""
    line = " ".join(question.split())
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def _which(principal: str, conversation: str) -> ColumnElement[bool]:
    return in_conversation(conversations, principal, conversation)


def _same() -> ColumnElement[bool]:
    return same_conversation(turns, conversations)


def _holds(word: str) -> ColumnElement[bool]:
    asked = exists().where(_same(), turns.c.question.icontains(word, autoescape=True))
    return or_(conversations.c.title.icontains(word, autoescape=True), asked)
