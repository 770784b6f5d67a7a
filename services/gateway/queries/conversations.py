"""Turns in, history out: what was asked and answered before, by the same person, in one conversation."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import orjson
from sqlalchemy import delete, insert, select

from services.gateway.tables import turns
from shared.database import Database
from shared.events import QueryAnswered, Turn

ANSWER_CHARACTERS = 4000
StillOpen = Callable[[set[str]], Awaitable[set[str]]]


class Conversations:
    """The gateway's memory of conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, principal: str, conversation: str, question: str, answer: QueryAnswered) -> None:
        """Keep a question and how it ended as the newest turn, once."""
        cited = sorted({citation.workspace for citation in answer.citations})
        row = {
            "principal": principal, "conversation": conversation, "query": answer.query, "question": question,
            "answer": answer.answer or "", "workspaces": orjson.dumps(cited).decode(), "at": datetime.now(UTC),
            "documents": orjson.dumps(sorted({citation.document_id for citation in answer.citations})).decode(),
            "citations": orjson.dumps([citation.model_dump() for citation in answer.citations]).decode(),
            "finish": "failed" if answer.error else answer.finish or "stop", "error": answer.error or "",
        }  # fmt: skip
        async with self._database.transaction() as connection:
            await connection.execute(delete(turns).where(turns.c.query == answer.query))
            await connection.execute(insert(turns).values(row))

    async def recent(
        self, principal: str, conversation: str, allowed: tuple[str, ...], limit: int, still_open: StillOpen
    ) -> tuple[Turn, ...]:
        """The last answered turns, oldest first; those that cite what is no longer open are left out."""
        mine = (turns.c.principal == principal) & (turns.c.conversation == conversation)
        mine &= turns.c.finish.in_(("stop", "length"))
        newest = select(turns).where(mine).order_by(turns.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(newest)).all()
        kept = [row for row in reversed(rows) if set(orjson.loads(row.workspaces)) <= set(allowed)]
        cited = [set(orjson.loads(row.documents)) for row in kept]
        opened = await still_open(set[str]().union(*cited))
        kept = [row for row, documents in zip(kept, cited, strict=True) if documents <= opened]
        return tuple(Turn(question=row.question, answer=row.answer[:ANSWER_CHARACTERS]) for row in kept)
