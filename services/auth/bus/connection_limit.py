"""How many connections one name may hold: the server limits those of the account alone, and one could take them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from services.auth.bus.bus_accounts import Account
from shared.errors import Refused, Unavailable

log = logging.getLogger(__name__)
SETTLE_SECONDS = 2.0  # one that was let in shows at the server by then, or has gone
FRESH_SECONDS = 0.5  # a look at the server serves all who come within it
Id = tuple[str, int]  # the server, and the connection's number there
Holders = Callable[[Account], Awaitable[Mapping[Id, str]]]


class ConnectionLimit:
    """`holders(account)` are its connections, each with its name."""

    def __init__(self, holders: Holders, most: int) -> None:
        self._holders, self._most = holders, most
        self._held: dict[str, dict[Id, str]] = {}
        self._looked: dict[str, float] = {}
        self._let_in: dict[Id, tuple[float, str, str]] = {}
        self._looking = asyncio.Lock()

    async def take(self, account: Account, name: str, connection: Id) -> None:
        """One more for the name; `Refused` (429) when it has all of its own."""
        async with self._looking:
            if time.monotonic() - self._looked.get(account, float("-inf")) > FRESH_SECONDS:
                await self._look(account)
            held = {one for one, whose in self._held.get(account, {}).items() if whose == name}
            held |= {one for one, (_, *whose) in self._let_in.items() if whose == [account, name]}
            if len(held - {connection}) >= self._most:
                words = f"{name} has {self._most} connections already. Close one, or share one."
                raise Refused("too_many_connections", words, 429, retry_after=30)
            self._let_in[connection] = (time.monotonic(), account, name)

    async def _look(self, account: Account) -> None:
        began = time.monotonic()
        try:
            self._held[account] = dict(await self._holders(account))
        except Unavailable as error:
            log.warning("connections are counted as they were: %s", error.error)
            return
        self._looked[account] = began
        recent = {one: let_in for one, let_in in self._let_in.items() if let_in[0] > began - SETTLE_SECONDS}
        self._let_in = {one: let_in for one, let_in in recent.items() if one not in self._held[account]}
