"""Who may read whose conversation."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from services.gateway.tables import conversations, in_conversation, same_conversation, shares
from shared.sql.database import Database

LISTED = 200


class Shared:
    """The gateway's list of shares; what a reader may see of each is asked at every reading."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, principal: str, conversation: str, reader: str) -> None:
        """From now on; once more changes nothing."""
        row = {"principal": principal, "conversation": conversation, "reader": reader, "at": datetime.now(UTC)}
        with suppress(IntegrityError):
            async with self._database.transaction() as connection:
                await connection.execute(insert(shares).values(row))

    async def take(self, principal: str, conversation: str, reader: str) -> bool:
        """Not any more; False when it was not shared with them."""
        wanted = delete(shares).where(in_conversation(shares, principal, conversation), shares.c.reader == reader)
        async with self._database.transaction() as connection:
            return bool((await connection.execute(wanted)).rowcount)

    async def readers(self, principal: str, conversation: str) -> Sequence[Row[Any]]:
        """With whom a conversation is shared, and since when."""
        wanted = select(shares).where(in_conversation(shares, principal, conversation)).order_by(shares.c.at)
        async with self._database.reading() as connection:
            return (await connection.execute(wanted)).all()

    async def given_to(self, reader: str) -> Sequence[Row[Any]]:
        """The conversations that are shared with somebody, newest first."""
        wanted = select(conversations).select_from(_joined()).where(shares.c.reader == reader)
        async with self._database.reading() as connection:
            newest = wanted.order_by(conversations.c.updated_at.desc()).limit(LISTED)
            return (await connection.execute(newest)).all()

    async def find(self, principal: str, conversation: str, reader: str) -> Row[Any] | None:
        """The conversation, when it is shared with this reader."""
        wanted = select(conversations).select_from(_joined())
        wanted = wanted.where(in_conversation(shares, principal, conversation), shares.c.reader == reader)
        async with self._database.reading() as connection:
            return (await connection.execute(wanted)).first()


def _joined() -> Any:
    return conversations.join(shares, same_conversation(conversations, shares))
