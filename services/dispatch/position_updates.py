"""Publishes queue positions, extends acknowledgements, and expires queries that nobody waits for."""

import asyncio
import logging

from services.dispatch.figures import count
from services.dispatch.pool import Pool
from services.dispatch.scheduler import Scheduler
from shared.bus import Bus
from shared.events import QueryStreamed

log = logging.getLogger(__name__)
ROUND = 0.5  # seconds between two looks for what expired
KEEP = 4  # rounds between two signs of life for held messages: a third of the ack_wait of six seconds
PACE = 0.2  # seconds between two announcements, more when many wait


async def announce(scheduler: Scheduler, bus: Bus) -> None:
    """Tell who waits where, whenever that changed, for ever."""
    while True:
        await scheduler.changed.wait()
        scheduler.changed.clear()
        count(scheduler.pools.values())
        waiting = 0
        try:
            for pool in list(scheduler.pools.values()):
                waiting += len(pool.queue)
                await publish_positions(pool, bus)
        except Exception:  # the loop must not end; the next change publishes
            log.exception("places could not be told; the next change tells them")
        await asyncio.sleep(max(PACE, waiting / 1000) if waiting else 0)


async def publish_positions(pool: Pool, bus: Bus) -> None:
    """To each whose place is not the one they know."""
    for query, place in pool.queue.places().items() if pool.queue else ():
        one = pool.queue.waiting.get(query)
        if one is None or one.told == place:
            continue
        one.told = place
        await bus.publish_ephemeral(
            QueryStreamed(
                query=query,
                client=one.query.client,
                kind="progress",
                stage="waiting",
                position=place,
                wait_seconds=pool.pace.wait(place, pool.slots),
            )
        )


async def keep(scheduler: Scheduler) -> None:
    """Messages stay ours while they wait; what expired leaves. For ever."""
    rounds = 0
    while True:
        await asyncio.sleep(ROUND)
        rounds += 1
        try:
            await scheduler.expire()
            if rounds % KEEP == 0:
                for pool in list(scheduler.pools.values()):
                    for one in list(pool.queue.waiting.values()):
                        await one.message.in_progress()
        except Exception:  # the loop must not end; the next round repeats it
            log.exception("the hall could not be looked after; the next round does")
