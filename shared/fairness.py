"""Fair turns at a scarce resource, by each person's cost."""

import asyncio
import heapq
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from shared.errors import Refused

TOO_MANY = "You have {0} requests waiting here already. Wait for their answers, or send fewer at once."


class FairTurns:
    """`places` at a time; who waits is served by weighted fair queueing (start-time clock, earliest finish first).

    `most` is how many of one person may wait; one more is `Refused` (429).
    """

    def __init__(self, places: int, most: int = 1_000) -> None:
        self._places = self._free = places
        self._most = most
        self._clock = 0.0
        self._finish: dict[str, float] = {}
        self._waiting: list[tuple[float, int, float, str, asyncio.Future[None]]] = []
        self._count: Counter[str] = Counter()
        self._numbers = count()

    @property
    def idle(self) -> bool:
        """Nobody has a place."""
        return self._free == self._places

    @asynccontextmanager
    async def turn(self, person: str, cost: float = 1.0) -> AsyncIterator[None]:
        """Waits for a place and keeps it for the block; `cost` is in any unit, the same for all."""
        await self._enter(person, cost)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, person: str, cost: float) -> None:
        start = max(self._clock, self._finish.get(person, 0.0))
        if self._free:
            self._free -= 1
            self._clock, self._finish[person] = start, start + cost
            return
        if self._count[person] >= self._most:
            raise Refused("too_many_at_once", TOO_MANY.format(self._most), 429)
        self._finish[person] = start + cost
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (start + cost, next(self._numbers), start, person, place))
        self._count[person] += 1
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self._leave()
            raise
        finally:
            self._count[person] -= 1

    def _leave(self) -> None:
        while self._waiting:
            _, _, start, _, place = heapq.heappop(self._waiting)
            if not place.done():
                self._clock = max(self._clock, start)
                place.set_result(None)
                return
        self._free += 1
        # Nobody waits: what was used so far counts for nothing any more.
        self._clock = 0.0
        self._finish.clear()
        self._count.clear()


class PersonShares:
    """`each` at a time of one person, `most` more may wait; what others do costs them nothing."""

    def __init__(self, each: int, most: int) -> None:
        self._each, self._most = each, most
        self._people: dict[str, FairTurns] = {}

    @asynccontextmanager
    async def share(self, person: str) -> AsyncIterator[None]:
        """One of the person's places for the block; `Refused` (429) when too many of theirs wait."""
        mine = self._people.setdefault(person, FairTurns(self._each, self._most))
        try:
            async with mine.turn(person):
                yield
        finally:
            if mine.idle:
                self._people.pop(person, None)
