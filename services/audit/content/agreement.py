"""Readings that a second auditor must agree to."""

import time
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, insert, select, update

from services.audit.content.tables import content_requests
from services.audit.readers import instant
from shared.errors import Refused
from shared.events import ReadingState
from shared.sql.database import Database

VALID = 24 * 3600 * 1_000_000  # µs from the request on, within which it may be read
NO_REQUEST = "There is no such request to read, or it is older than a day. See GET /api/audit/content/requests."
SAME = "You asked for this yourself, and it takes two people. Another auditor has to agree."


class Agreements:
    """A request to read one query's texts: by whom, why, and who agreed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, query: str, by: str) -> ReadingState | None:
        """The newest request of that auditor about a query, of the last day."""
        mine = (content_requests.c.query == query) & (content_requests.c.by == by)
        return next(iter(await self._of(mine)), None)

    async def every(self) -> list[ReadingState]:
        """Those of the last day, newest first."""
        return await self._of(content_requests.c.id != "")

    async def make(self, query: str, by: str, reason: str) -> ReadingState:
        """A new one."""
        row: dict[str, Any] = {
            "id": uuid4().hex,
            "query": query,
            "by": by,
            "reason": reason,
            "at": _now(),
            "agreed_by": "",
        }
        async with self._database.transaction() as connection:
            await connection.execute(insert(content_requests).values(**row))
        return _state(**row)

    async def agree(self, request: str, by: str) -> ReadingState:
        """Somebody else may read now; `Refused` when there is no such request, or it is one's own."""
        found = next((one for one in await self.every() if one.request == request), None)
        if found is None:
            raise Refused("request_not_found", NO_REQUEST, 404)
        if found.by == by:
            raise Refused("two_people", SAME, 403)
        changed = update(content_requests).where(content_requests.c.id == request).values(agreed_by=by)
        async with self._database.transaction() as connection:
            await connection.execute(changed)
        return found.model_copy(update={"agreed_by": by})

    async def _of(self, which: ColumnElement[bool]) -> list[ReadingState]:
        recent = content_requests.c.at > _now() - VALID
        query = select(content_requests).where(which, recent).order_by(content_requests.c.at.desc())
        async with self._database.reading() as connection:
            return [_state(**row._mapping) for row in (await connection.execute(query)).all()]


def _state(*, id: str, query: str, by: str, reason: str, at: int, agreed_by: str) -> ReadingState:
    return ReadingState(request=id, query=query, by=by, reason=reason, at=instant(at), agreed_by=agreed_by)


def _now() -> int:
    return time.time_ns() // 1000
