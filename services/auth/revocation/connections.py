"""Closes bus connections when their credential ends."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Collection, Iterable

from shared.bus import Bus
from shared.bus.client_connections import Connection
from shared.errors import Unavailable
from shared.events import Loss, RightsRevoked

log = logging.getLogger(__name__)
# The server may have asked about one just before the change, and open it just after: it is looked for again.
AGAIN = (0.0, 1.0, 2.5)
REMEMBERED = 10_000  # connections


class Connections:
    """Closes what business systems (EDGE) and auditors (SOC) have open. They come again if a credential still holds."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._closing: set[asyncio.Task[None]] = set()
        self._opened: OrderedDict[tuple[str, int], tuple[str, str]] = OrderedDict()

    def opened(self, server: str, number: int, account: str, name: str) -> None:
        """Remember whose a connection is: the server shows no name for those that bring a token alone."""
        self._opened[server, number] = (account, name)
        while len(self._opened) > REMEMBERED:
            self._opened.popitem(last=False)

    def hear(self, event: RightsRevoked) -> None:
        """Close those of everybody who lost all, or a secret."""
        ended = list(_ended(event.losses))
        if ended:
            task = asyncio.create_task(self._close_again(ended))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self, principals: Collection[str]) -> None:
        """Now, once."""
        for account, kind in (("EDGE", "app"), ("SOC", "person")):
            names = {name for each, _, name in (one.partition(":") for one in principals) if each == kind}
            if names:
                found = await self._bus.connections(account)
                await self._bus.close_connections([one for one in found if self._name(account, one) in names])

    async def holders(self, account: str) -> dict[tuple[str, int], str]:
        """An account's connections by server and number, each with its name."""
        return {(one.server, one.number): self._name(account, one) for one in await self._bus.connections(account)}

    async def newest_question(self, name: str) -> int:
        """The place in ASKS of the newest question that still waits there under this name; 0 when none does."""
        message = await self._bus.last("ASKS", f"ask.{name}")
        return message.sequence if message else 0

    def _name(self, account: str, one: Connection) -> str:
        known = self._opened.get((one.server, one.number))
        return known[1] if known and known[0] == account else one.user

    async def _close_again(self, principals: list[str]) -> None:
        passed = 0.0
        for moment in AGAIN:
            await asyncio.sleep(moment - passed)
            passed = moment
            try:
                await self.close(principals)
            except Unavailable as error:
                log.warning("connections of %s are not closed yet: %s", principals, error.error)


def _ended(losses: Iterable[Loss]) -> Iterable[str]:
    return (loss.principal for loss in losses if loss.everything or loss.credentials)
