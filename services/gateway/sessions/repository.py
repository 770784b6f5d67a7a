"""Stores browser sessions by the digest of their cookie."""

import hashlib
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from services.gateway.sessions.sealing import Sealer
from services.gateway.tables import browser_sessions as table
from shared.sql.database import Database
from shared.sql.utc import epoch, moment

TIMES = "created_at", "seen_at", "expires_at", "ended_at"
ALIVE = table.c.ended_by == ""
SEEN_SECONDS = 60  # `seen_at` is no finer than this, so that a page that asks often writes seldom


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """One browser of one person. Times are seconds since 1970; `tokens` is what it calls in the person's name with."""

    id: str
    principal: str
    way: str
    csrf: str
    tokens: dict[str, Any]
    issuer_session: str
    created_at: int
    seen_at: int
    expires_at: int
    agent: str
    address: str
    ended_at: int | None = None
    ended_by: str = ""


class BrowserSessions:
    """Made, found and ended."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database, self.sealer = database, sealer

    async def begin(
        self,
        principal: str,
        way: str,
        tokens: dict[str, Any],
        seconds: int,
        *,
        issuer_session: str = "",
        agent: str = "",
        address: str = "",
    ) -> tuple[str, BrowserSession]:
        """The cookie's value, told this once, and the session; those that ran out are swept away."""
        cookie, now = secrets.token_urlsafe(32), int(time.time())
        made = BrowserSession(
            secrets.token_hex(8),
            principal,
            way,
            secrets.token_urlsafe(24),
            tokens,
            issuer_session,
            now,
            now,
            now + seconds,
            agent[:200],
            address[:64],
        )
        async with self._database.transaction() as connection:
            await connection.execute(delete(table).where(table.c.expires_at <= moment(now)))
            await connection.execute(insert(table).values(digest=digest(cookie), **self._row(made)))
        return cookie, made

    async def find(self, cookie: str) -> BrowserSession | None:
        """The session of a cookie until it expires, also one that somebody `ended_by`, without its tokens."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(table).where(table.c.digest == digest(cookie)))).first()
        found = self._session(row) if row else None
        if found is None or found.expires_at <= time.time():
            return None
        if not found.ended_by and found.seen_at < time.time() - SEEN_SECONDS:
            await self._change(found.id, seen_at=datetime.now(UTC))
        return found

    async def renew(self, session: BrowserSession, tokens: dict[str, Any], seconds: int) -> None:
        """Newer tokens, and as long a life as they give."""
        until = moment(int(time.time()) + seconds)
        await self._change(session.id, sealed=self.sealer.seal(tokens), expires_at=until)

    async def of(self, principal: str) -> list[BrowserSession]:
        """A person's living sessions, newest first."""
        mine = select(table).where(table.c.principal == principal, table.c.expires_at > datetime.now(UTC), ALIVE)
        async with self._database.reading() as connection:
            rows = (await connection.execute(mine.order_by(table.c.created_at.desc()))).all()
        return [found for row in rows if (found := self._session(row))]

    async def end(self, **which: str) -> list[BrowserSession]:
        """Those that have all these (`id`, `principal`, `issuer_session`) are over; what they were."""
        # One that somebody else ended stays: its browser is still to hear why.
        fits = [ALIVE, *(table.c[name] == value for name, value in which.items())]
        async with self._database.transaction() as connection:
            rows = (await connection.execute(select(table).where(*fits))).all()
            await connection.execute(delete(table).where(*fits))
        return [found for row in rows if (found := self._session(row))]

    async def end_by(self, by: str, ids: Collection[str]) -> None:
        """Over, by somebody who is named to whoever comes with them."""
        ended = {"ended_at": datetime.now(UTC), "ended_by": by, "sealed": ""}
        async with self._database.transaction() as connection:
            await connection.execute(update(table).where(table.c.id.in_(ids), ALIVE).values(ended))

    async def _change(self, session: str, **values: Any) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(update(table).where(table.c.id == session).values(**values))

    def _row(self, session: BrowserSession) -> dict[str, Any]:
        row = {name: getattr(session, name) for name in BrowserSession.__dataclass_fields__ if name != "tokens"}
        row |= {name: moment(row[name]) for name in TIMES}
        return row | {"sealed": self.sealer.seal(session.tokens)}

    def _session(self, row: Row[Any]) -> BrowserSession | None:
        """Nothing when the key is another one by now: then the session is over."""
        tokens = {} if row.ended_by else self.sealer.unseal(row.sealed)
        if tokens is None:
            return None
        columns = {name: row._mapping[name] for name in BrowserSession.__dataclass_fields__ if name != "tokens"}
        return BrowserSession(tokens=tokens, **columns | {name: epoch(columns[name]) for name in TIMES})


def digest(cookie: str) -> str:
    """The cookie is random: a fast hash is enough."""
    return hashlib.sha256(cookie.encode()).hexdigest()
