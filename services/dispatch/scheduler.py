"""Holds queries until a worker of their pool has a free slot."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from services.dispatch.figures import WAIT_SECONDS
from services.dispatch.pool import Pool
from services.dispatch.question_queue import WaitingQuestion
from shared.bus import Bus, Delivery
from shared.errors import Refused, Unavailable
from shared.events import Located, OutdatedCapabilityUsed, QueryGrounded, QueryReady, StepFailed, WorkerSeen
from shared.security.capability import Right
from shared.security.revocation import Revocations, revoked

log = logging.getLogger(__name__)
DEFAULT = "default"


class Scheduler:
    """All pools of this replica; a pool begins with its first worker or its first question."""

    def __init__(self, bus: Bus, weights: Mapping[str, float], revocations: Revocations | None = None) -> None:
        self._bus, self._weights = bus, weights
        self.revocations = revocations or Revocations()
        self.pools: dict[str, Pool] = {}
        self.changed = asyncio.Event()

    async def enter(self, query: QueryGrounded, message: Delivery, right: Right | None = None) -> None:
        """Wait, or go on at once when a worker is free."""
        pool = self._pool(self._choose(query.model))
        pool.queue.add(WaitingQuestion(query, message, right=right, since=asyncio.get_running_loop().time()))
        await self.release(pool)

    async def release(self, pool: Pool) -> None:
        """As many as the pool can take now."""
        while pool.queue and pool.free > 0:
            one = pool.queue.take()
            if self._lost(one):
                await self._refuse(one, revoked())
                continue
            now = pool.released[one.query.query] = asyncio.get_running_loop().time()
            WAIT_SECONDS.labels(pool.name, one.query.lane).observe(now - one.since)
            try:
                await self._bus.publish(QueryReady.to(one.query, pool.name))
                await one.message.ack()
            except Unavailable as error:
                log.warning("query %s could not be released and comes again: %s", one.query.query, error)
                pool.released.pop(one.query.query, None)
                await one.message.nack(1)
        self.changed.set()

    async def seen(self, worker: WorkerSeen) -> None:
        """A heartbeat may bring free slots."""
        pool = self._pool(worker.pool)
        pool.seen(worker, asyncio.get_running_loop().time())
        await self.release(pool)

    def lost(self, connection: str) -> tuple[str, ...]:
        """The acknowledgement subjects that a worker held when its connection ended."""
        return tuple(held for pool in self.pools.values() for held in pool.lost(connection))

    async def ended(self, query: str) -> None:
        """Answered, failed or cancelled: it waits no more, and its slot is free."""
        for pool in list(self.pools.values()):
            if one := pool.queue.remove(query):
                await one.message.ack()
            pool.ended(query, asyncio.get_running_loop().time())
            await self.release(pool)

    async def cancel(self, query: str) -> None:
        """Only what still waits: a running answer is ended by its worker."""
        for pool in list(self.pools.values()):
            if one := pool.queue.remove(query):
                await one.message.ack()
        self.changed.set()

    async def expire(self) -> None:
        """Who waited too long is told."""
        now = datetime.now(UTC)
        for pool in list(self.pools.values()):
            for one in [one for one in pool.queue.waiting.values() if one.expired(now)]:
                pool.queue.remove(one.query.query)
                await self._refuse(one, Refused("expired", "No worker was free in time. Ask again later.", 504))
            pool.forget_silent(asyncio.get_running_loop().time())

    async def dismiss(self) -> None:
        """Those whose right was lost while they waited are told at once."""
        for pool in list(self.pools.values()):
            for one in [one for one in pool.queue.waiting.values() if self._lost(one)]:
                pool.queue.remove(one.query.query)
                await self._refuse(one, revoked())
        self.changed.set()

    def _lost(self, one: WaitingQuestion) -> bool:
        return one.right is not None and self.revocations.lost(one.right)

    async def _refuse(self, one: WaitingQuestion, why: Refused) -> None:
        if why.reason == "revoked":
            late = OutdatedCapabilityUsed(service="dispatch", about=one.query.query, principal=one.query.principal.id)
            await self._bus.publish(late)
        await self._bus.publish(failed(one.query, one.message, why))
        await one.message.ack()

    def locate(self, query: str) -> Located:
        """Waiting at a place, being answered, or unknown here."""
        for pool in self.pools.values():
            if query in pool.queue.waiting:
                place = pool.queue.places()[query]
                return Located(stage="waiting", position=place, wait_seconds=pool.pace.wait(place, pool.slots))
            if query in pool.released:
                return Located(stage="answering")
        return Located(stage="unknown")

    def _choose(self, model: str | None) -> str:
        """A pool that has the model, else the default one, else any with workers."""
        having = [pool.name for pool in self.pools.values() if model in pool.models()]
        living = [pool.name for pool in self.pools.values() if pool.slots]
        wanted = having or ([DEFAULT] if DEFAULT in living or not living else living)
        return min(wanted, key=lambda name: len(self._pool(name).queue) - self._pool(name).free)

    def _pool(self, name: str) -> Pool:
        if name not in self.pools:
            self.pools[name] = Pool(name, self._weights)
        return self.pools[name]


def failed(query: QueryGrounded, message: Delivery, why: Refused) -> StepFailed:
    """What a question becomes that is not answered."""
    return StepFailed(
        service="dispatch",
        event=message.subject,
        about=query.query,
        client=query.client,
        principal=query.principal.id,
        key=query.key,
        error=why.error,
        reason=why.reason,
        status=why.status,
        values=why.values,
        attempts=message.attempt,
    )
