"""Stores the text of attached files."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, exists, insert, select

from services.gateway.attachments.selection import chosen
from services.gateway.tables import attachments, conversations, in_conversation, same_conversation
from shared.events import Fragment
from shared.page_text import pages_of
from shared.sql.database import Database

SHOWN = (attachments.c.name, attachments.c.size, attachments.c.pages, attachments.c.characters)
UNASKED = timedelta(days=1)  # files whose conversation never began


class Attachments:
    """Of each person and conversation; nobody else's question finds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, principal: str, conversation: str, name: str, **about: Any) -> None:
        """In place of one of the same name; what was attached to conversations that never began is swept away."""
        row = {"principal": principal, "conversation": conversation, "name": name, "at": datetime.now(UTC)}
        same = same_conversation(conversations, attachments)
        old = (attachments.c.at < datetime.now(UTC) - UNASKED) & ~exists().where(same)
        async with self._database.transaction() as connection:
            await connection.execute(delete(attachments).where(old))
            await connection.execute(
                delete(attachments).where(_of(principal, conversation), attachments.c.name == name)
            )
            await connection.execute(insert(attachments).values(row | about))

    async def listed(self, principal: str, conversation: str) -> list[dict[str, Any]]:
        """`name`, `size`, `pages` and `characters` of each, the first first."""
        wanted = select(*SHOWN).where(_of(principal, conversation)).order_by(attachments.c.at)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).mappings()
            return [{str(name): value for name, value in row.items()} for row in rows]

    async def text(self, principal: str, conversation: str, name: str) -> bytes | None:
        """The packed pages of one."""
        wanted = select(attachments.c.text).where(_of(principal, conversation), attachments.c.name == name)
        async with self._database.reading() as connection:
            found: bytes | None = await connection.scalar(wanted)
        return found

    async def remove(self, principal: str, conversation: str, name: str) -> bool:
        """False when there is none."""
        wanted = delete(attachments).where(_of(principal, conversation), attachments.c.name == name)
        async with self._database.transaction() as connection:
            gone = bool((await connection.execute(wanted)).rowcount)
        await self._database.scrub()
        return gone

    async def passages(self, principal: str, conversation: str, question: str) -> tuple[Fragment, ...]:
        """The parts of the conversation's files that the question is about, the likeliest first."""
        wanted = select(attachments.c.name, attachments.c.text).where(_of(principal, conversation))
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted.order_by(attachments.c.at))).mappings().all()
        return await asyncio.to_thread(_passages, rows, question) if rows else ()


def _passages(rows: Sequence[RowMapping], question: str) -> tuple[Fragment, ...]:
    pages = ((row["name"], page, text) for row in rows for page, text in pages_of(row["text"]))
    return tuple(
        Fragment(name=part.name, text=part.text, file=True, page=part.page, start=part.start)
        for part in chosen(pages, question)
    )


def _of(principal: str, conversation: str) -> ColumnElement[bool]:
    return in_conversation(attachments, principal, conversation)
