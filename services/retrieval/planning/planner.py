"""Asks a model for the plan of a search, within a budget; the same question is planned once."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from shared.bus import Bus
from shared.errors import Refused
from shared.events import Plan, Planned, QueryRouted, Turn

SHARE = 0.2  # of the time that is left until the deadline
REPLY = 0.2  # seconds for the way there and back
LEAST = 0.3  # seconds: with less no model writes a query
KEPT, KEPT_SECONDS = 2_000, 3_600.0
PAUSE = {"no_capable_model": 60.0, "not_planned": 0.0}  # seconds until it is asked again
AWAY = 10.0
EARLIER = 3


class TimedPlan(NamedTuple):
    """A plan, how long it took, and whether it was there already."""

    planned: Planned
    seconds: float
    known: bool


class Planner:
    """`mode` is CLOISTER_PLANNER, `seconds` the most that a plan may take."""

    def __init__(self, mode: str, seconds: float) -> None:
        self._mode, self._seconds = mode, seconds
        self._kept: OrderedDict[tuple[str, ...], tuple[float, Planned]] = OrderedDict()
        self._asks_from = 0.0

    async def plan(self, query: QueryRouted, bus: Bus) -> TimedPlan | None:
        """None where no model plans, or it does not in time: then the question is searched for as it is."""
        earlier = _earlier(query.history)
        key, began = (query.question, *earlier), time.monotonic()
        if kept := self._known(key):
            return TimedPlan(kept, 0.0, known=True)
        budget = min(self._seconds, SHARE * (query.expires_at - datetime.now(UTC)).total_seconds())
        if self._mode == "off" or budget < LEAST or began < self._asks_from:
            return None
        wanted = Plan(query=query.query, question=query.question, earlier=earlier, seconds=budget - REPLY)
        planned = await self._asked(wanted, bus, budget)
        if planned is None:
            return None
        self._keep(key, planned)
        return TimedPlan(planned, time.monotonic() - began, known=False)

    async def _asked(self, request: Plan, bus: Bus, budget: float) -> Planned | None:
        try:
            async with asyncio.timeout(budget):
                return await bus.request(request, timeout=budget)
        except TimeoutError:
            return None
        except Refused as refused:
            self._asks_from = time.monotonic() + PAUSE.get(refused.reason, AWAY)
            return None

    def _known(self, key: tuple[str, ...]) -> Planned | None:
        until, planned = self._kept.get(key, (0.0, None))
        return planned if until > time.monotonic() else None

    def _keep(self, key: tuple[str, ...], planned: Planned) -> None:
        self._kept[key] = time.monotonic() + KEPT_SECONDS, planned
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _earlier(history: Sequence[Turn]) -> tuple[str, ...]:
    return tuple(turn.question for turn in history[-EARLIER:])
