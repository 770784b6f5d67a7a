"""Turns without an answer yet: what a gateway needs to wait for the answer to a question that another one took."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.tables import in_conversation, turns
from shared.events import Model
from shared.security.capability import Right
from shared.sql.database import Database

MOST = 10_000  # half of what one gateway has open


class Waiting(Model):
    """What `turns.pending` holds."""

    expires_at: datetime | None
    keyed: bool
    asked_in: tuple[str, ...]
    right: Right | None


async def keep(connection: AsyncConnection, call: PendingQuery) -> None:
    """The newest turn of its conversation, answered later; the same question once more replaces it."""
    waiting = Waiting(expires_at=call.expires_at, keyed=call.keyed, asked_in=call.asked_in, right=call.right)
    empty = {"answer": "", "workspaces": "[]", "finish": "pending", "pending": waiting.model_dump_json()}
    about = {"principal": call.principal, "conversation": call.conversation, "question": call.question}
    await connection.execute(delete(turns).where(turns.c.query == call.query))
    await connection.execute(insert(turns).values(query=call.query, at=datetime.now(UTC), **about, **empty))


class PendingTurns:
    """Those of all gateways of this database, oldest first; each is given as a call to open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, principal: str, query: str) -> list[PendingQuery]:
        """Somebody's question of this id, or none."""
        return await self._read((turns.c.principal == principal) & (turns.c.query == query))

    async def of(self, principal: str, conversation: str) -> list[PendingQuery]:
        """Those of one conversation."""
        return await self._read(in_conversation(turns, principal, conversation))

    async def newest(self) -> list[PendingQuery]:
        """Of everybody, 10,000 at most."""
        return await self._read(turns.c.pending.is_not(None))

    async def withdraw(self, query: str) -> None:
        """Its question was never taken."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(turns).where(turns.c.query == query, turns.c.pending.is_not(None)))

    async def _read(self, which: ColumnElement[bool]) -> list[PendingQuery]:
        wanted = select(turns).where(which, turns.c.pending.is_not(None)).order_by(turns.c.id.desc()).limit(MOST)
        async with self._database.reading() as connection:
            return _calls((await connection.execute(wanted)).all())


def _calls(rows: Iterable[Row[Any]]) -> list[PendingQuery]:
    return [_call(row) for row in rows][::-1]


def _call(row: Row[Any]) -> PendingQuery:
    waiting = Waiting.model_validate_json(row.pending)
    return PendingQuery(
        row.query,
        row.principal,
        expires_at=waiting.expires_at,
        keyed=waiting.keyed,
        conversation=row.conversation,
        question=row.question,
        asked_in=waiting.asked_in,
        right=waiting.right,
        adopted=True,
        quiet_since=float("-inf"),  # its answer may be there already: it is looked for at once
    )
