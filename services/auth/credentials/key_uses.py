"""When people's own keys were used last: kept once a minute at most for each key."""

import time
from datetime import UTC, datetime

from sqlalchemy import update

from services.auth import tables
from services.auth.accounts.directory import OwnKey
from services.auth.accounts.repository import Accounts, answering

APART = 60.0  # seconds


class KeyUses:
    """Those that this process has kept lately."""

    def __init__(self) -> None:
        self._kept: dict[str, float] = {}

    async def use(self, accounts: Accounts, key: OwnKey) -> None:
        """Kept now, unless that was done a moment ago. The accounts' version stays: nobody's rights have changed."""
        now = time.monotonic()
        if now - self._kept.get(key.id, float("-inf")) < APART:
            return
        self._kept[key.id] = now
        mine = update(tables.own_keys).where(tables.own_keys.c.id == key.id)
        with answering():
            async with accounts.database.transaction() as connection:
                await connection.execute(mine.values(used_at=datetime.now(UTC)))
