"""Ended Keycloak sessions, kept until no token of them can be valid."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from services.auth import tables
from services.auth.accounts.repository import Accounts

LONGEST = timedelta(days=1)  # no token lives longer than a day


class EndedSessions:
    """Written here, read with the accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def end(self, session: str) -> None:
        """No token of this sign-in counts any more, wherever it is shown."""
        ended, now = tables.ended_sessions, datetime.now(UTC)
        async with self._accounts.changing("keycloak") as change:
            await change.connection.execute(delete(ended).where(ended.c.until < now))
            known = select(ended.c.session).where(ended.c.session == session)
            if (await change.connection.execute(known)).first() is None:
                await change.connection.execute(insert(ended).values(session=session, until=now + LONGEST))
                await change.record("session.ended", f"session:{session}")
