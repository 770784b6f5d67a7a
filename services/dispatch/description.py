"""The pools as administrators see them."""

import asyncio

from services.dispatch.pool import Pool
from shared.events import PoolState, QueueState, WorkerState


def described(pools: dict[str, Pool]) -> QueueState:
    """Workers by their last heartbeats, and what waits; nothing of who asked or what."""
    return QueueState(pools=tuple(_pool(pool) for _, pool in sorted(pools.items())))


def _pool(pool: Pool) -> PoolState:
    waiting, now = list(pool.queue.waiting.values()), asyncio.get_running_loop().time()
    return PoolState(
        pool=pool.name,
        workers=tuple(
            WorkerState(worker=seen.worker, slots=seen.slots, busy=len(seen.held), models=seen.models)
            for seen in pool.workers
        ),
        slots=pool.slots,
        answering=len(pool.released),
        waiting=pool.queue.by_lane(),
        answer_seconds=round(pool.pace.mean, 1),
        oldest_seconds=round(max((now - one.since for one in waiting), default=0.0), 1),
        wait_seconds=pool.pace.wait(len(waiting) + 1, pool.slots) if waiting or pool.free <= 0 else 0.0,
    )
