"""Closes bus connections when their credential ends."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Collection, Iterable

from services.auth.bus.bus_accounts import Account, BusIdentity
from shared.bus import Bus
from shared.bus.client_connections import Connection
from shared.errors import Unavailable
from shared.events import Loss, RightsRevoked

log = logging.getLogger(__name__)
# The server may have asked about one just before the change, and open it just after: it is looked for again.
AGAIN = (0.0, 0.4, 1.0, 2.5)
REMEMBERED = 10_000  # connections


class Connections:
    """Closes what business systems (EDGE) and auditors (SOC) have open. They come again if a credential still holds."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._closing: set[asyncio.Task[None]] = set()
        self._opened: OrderedDict[tuple[str, int], BusIdentity] = OrderedDict()

    def opened(self, server: str, number: int, place: BusIdentity) -> None:
        """Remember whose a connection is, and of which session: the server shows neither for a token."""
        self._opened[server, number] = place
        while len(self._opened) > REMEMBERED:
            self._opened.popitem(last=False)

    def hear(self, event: RightsRevoked) -> None:
        """Close those of everybody who lost all, or a secret, and of sessions that have ended."""
        ended = frozenset(_ended(event.losses))
        if ended:
            task = asyncio.create_task(self._close_again(ended))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self, ended: Collection[str]) -> None:
        """Those of these principals (`app:crm`) and sessions (`session:…`), now, once."""
        sessions = any(one.startswith("session:") for one in ended)
        kinds: dict[Account, str] = {"EDGE": "app:", "SOC": "person:"}
        for account, kind in kinds.items():
            if sessions or any(one.startswith(kind) for one in ended):
                found = await self._bus.connections(account)
                await self._bus.close_connections([one for one in found if self._is_of(account, one, ended)])

    async def holders(self, account: Account) -> dict[tuple[str, int], str]:
        """An account's connections by server and number, each with its name."""
        return {
            (one.server, one.number): self._place(account, one).name for one in await self._bus.connections(account)
        }

    async def newest_question(self, name: str) -> int:
        """The place in ASKS of the newest question that still waits there under this name; 0 when none does."""
        message = await self._bus.last("ASKS", f"ask.{name}")
        return message.sequence if message else 0

    def _place(self, account: Account, one: Connection) -> BusIdentity:
        known = self._opened.get((one.server, one.number))
        return known if known and known.account == account else BusIdentity(account, one.user)

    def _is_of(self, account: Account, one: Connection, ended: Collection[str]) -> bool:
        place = self._place(account, one)
        return place.principal in ended or (bool(place.session) and f"session:{place.session}" in ended)

    async def _close_again(self, ended: frozenset[str]) -> None:
        passed = 0.0
        for moment in AGAIN:
            await asyncio.sleep(moment - passed)
            passed = moment
            try:
                await self.close(ended)
            except Unavailable as error:
                log.warning("connections of %s are not closed yet: %s", sorted(ended), error.error)


def _ended(losses: Iterable[Loss]) -> Iterable[str]:
    for loss in losses:
        if loss.principal and (loss.everything or loss.credentials):
            yield loss.principal
        yield from (one for one in loss.credentials if one.startswith("session:"))
