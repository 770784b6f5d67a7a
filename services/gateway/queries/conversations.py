"""Turns of conversations, as history for follow-ups."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from sqlalchemy import Row, select, update

from services.gateway.tables import in_conversation, turns
from shared.events import Admitted, QueryAnswered, Turn
from shared.sql.database import Database

ANSWER_CHARACTERS = 4000
StillOpen = Callable[[set[str]], Awaitable[set[str]]]


class Conversations:
    """The gateway's memory of conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, answer: QueryAnswered) -> None:
        """How a pending turn ended: once, and only while its conversation is there."""
        sources = answer.made_from
        workspaces = sorted({source.workspace for source in sources})
        row = {
            "pending": None,
            "answer": answer.answer or "",
            "workspaces": orjson.dumps(workspaces).decode(),
            "documents": orjson.dumps(sorted({source.document_id for source in sources})).decode(),
            "sources": orjson.dumps([source.model_dump() for source in sources]).decode(),
            "summarised": orjson.dumps(answer.summarised).decode(),
            "citations": orjson.dumps([citation.model_dump() for citation in answer.citations]).decode(),
            "finish": "failed" if answer.error else answer.finish or "stop",
            "error": answer.error or "",
        }
        waits = (turns.c.query == answer.query) & turns.c.pending.is_not(None)
        async with self._database.transaction() as connection:
            await connection.execute(update(turns).where(waits).values(row))

    async def of(self, principal: str, query: str) -> str | None:
        """The conversation that somebody's answered question is a turn of."""
        answered = (turns.c.principal == principal) & (turns.c.query == query) & turns.c.pending.is_(None)
        mine = select(turns.c.conversation).where(answered)
        async with self._database.reading() as connection:
            found: str | None = (await connection.execute(mine)).scalar()
        return found

    async def recent(
        self,
        principal: str,
        conversation: str,
        admitted: Admitted,
        limit: int,
        still_open: StillOpen,
        upto: str | None = None,
    ) -> tuple[Turn, ...]:
        """The last answered turns, oldest first, up to that of the query `upto`.

        Those made from what is no longer open are left out.
        """
        mine = in_conversation(turns, principal, conversation)
        if upto:
            mine &= turns.c.id <= select(turns.c.id).where(turns.c.query == upto).scalar_subquery()
        mine &= turns.c.finish.in_(("stop", "length"))
        newest = select(turns).where(mine).order_by(turns.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(newest)).all()
        kept = [row for row in reversed(rows) if inside(row, admitted)]
        cited = [set(orjson.loads(row.documents)) for row in kept]
        opened = await still_open(set[str]().union(*cited))
        kept = [row for row, documents in zip(kept, cited, strict=True) if documents <= opened]
        return tuple(
            Turn(question=row.question, answer=row.answer[:ANSWER_CHARACTERS], documents=orjson.loads(row.sources))
            for row in kept
        )


def inside(row: Row[Any], admitted: Admitted) -> bool:
    """Whether a turn stays inside what its asker may ask, and quotes nothing that they may only have summed up."""
    used, summarised = set(orjson.loads(row.workspaces)), set(orjson.loads(row.summarised))
    return used <= set(admitted.workspaces) and used & set(admitted.summarised) <= summarised
