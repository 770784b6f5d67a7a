"""Prometheus metrics of the queue, by pool and lane."""

from collections.abc import Iterable

from prometheus_client import Gauge, Histogram

from services.dispatch.pool import Pool

WAITING = Gauge("cloister_queue_waiting", "Questions that wait for a worker", ["pool", "lane"])
RUNNING = Gauge("cloister_queue_running", "Questions that a pool was given and has not answered", ["pool"])
SLOTS = Gauge("cloister_pool_slots", "Answers that the workers of a pool write at a time", ["pool"])
WAIT_SECONDS = Histogram(
    "cloister_queue_wait_seconds",
    "From a question's place in the queue to a free worker",
    ["pool", "lane"],
    buckets=(0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)


def count(pools: Iterable[Pool]) -> None:
    """Set the gauges to what is true now; an empty lane is 0."""
    for pool in pools:
        for lane, waiting in pool.queue.by_lane().items():
            WAITING.labels(pool.name, lane).set(waiting)
        RUNNING.labels(pool.name).set(len(pool.released))
        SLOTS.labels(pool.name).set(pool.slots)
