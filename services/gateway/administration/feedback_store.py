"""Stores feedback and lists it for managers of the workspace."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from services.gateway.queries.pending_queries import PendingQuery
from services.gateway.tables import feedback, turns
from shared.sql.database import Database
from shared.sql.json_lists import all_within, has_any

TOLD = ("query", "question", "workspaces", "title", "page", "useful", "comment", "at")


class FeedbackStore:
    """The newest of each asker on each answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, call: PendingQuery, useful: bool, comment: str, question: str) -> None:
        """`question` counts where the gateway does not know any more what was asked."""
        first = call.answer.citations[0] if call.answer and call.answer.citations else None
        cited = {citation.workspace for citation in call.answer.citations} if call.answer else set()
        row = {
            "query": call.query,
            "principal": call.principal,
            "useful": useful,
            "comment": comment,
            "at": datetime.now(UTC),
            "workspaces": sorted(cited | set(call.asked_in)),
            "title": first.title if first else None,
            "page": first.page if first else None,
        }
        same = (feedback.c.query == call.query) & (feedback.c.principal == call.principal)
        asked = select(turns.c.question).where(turns.c.query == call.query, turns.c.principal == call.principal)
        async with self._database.transaction() as connection:
            before = (await connection.execute(select(feedback).where(same))).first()
            known = call.question or await connection.scalar(asked) or (before.question if before else "") or question
            if before and not call.asked_in:
                row["workspaces"] = sorted({*cited, *before.workspaces})
            await connection.execute(delete(feedback).where(same))
            await connection.execute(insert(feedback).values(row | {"question": known}))

    async def of(self, principal: str, queries: Collection[str]) -> dict[str, bool]:
        """Which of these answers this asker found useful, and which not."""
        which = (feedback.c.principal == principal) & feedback.c.query.in_(queries)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(feedback.c.query, feedback.c.useful).where(which))
            return {row.query: row.useful for row in rows}

    async def told(
        self,
        managed: Collection[str],
        everything: bool,
        workspace: str | None,
        useful: bool | None,
        since: datetime | None,
    ) -> list[dict[str, Any]]:
        """The newest first, of questions that stayed inside `managed`; who asked is not told."""
        wanted = select(*(feedback.c[name] for name in TOLD)).order_by(feedback.c.at.desc(), feedback.c.id.desc())
        if not everything:
            wanted = wanted.where(all_within(feedback.c.workspaces, sorted(managed)))
        if workspace is not None:
            wanted = wanted.where(has_any(feedback.c.workspaces, [workspace]))
        if useful is not None:
            wanted = wanted.where(feedback.c.useful == useful)
        if since is not None:
            wanted = wanted.where(feedback.c.at >= since)
        async with self._database.reading() as connection:
            # The names of columns are a kind of str that orjson takes for no key.
            return [{name: row[name] for name in TOLD} for row in (await connection.execute(wanted)).mappings()]

    async def counted(self, start: datetime, end: datetime) -> tuple[int, int]:
        """How many found an answer useful between these moments, and how many did not."""
        between = (feedback.c.at >= start) & (feedback.c.at < end)
        wanted = select(feedback.c.useful, func.count()).where(between).group_by(feedback.c.useful)
        async with self._database.reading() as connection:
            counts = {bool(useful): int(count) for useful, count in (await connection.execute(wanted)).all()}
        return counts.get(True, 0), counts.get(False, 0)
