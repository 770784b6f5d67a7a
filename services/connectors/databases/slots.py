"""As many questions at once as a source may have, each with an end; blocking work in threads of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from services.connectors.databases.errors import away, busy, slow

Found = TypeVar("Found")
WAIT = 1.0  # seconds that a question waits for a connection
GRACE = 2.0  # seconds beyond the database's own limit, after which it counts as away


@asynccontextmanager
async def in_time(free: asyncio.Semaphore, title: str, seconds: float) -> AsyncIterator[None]:
    """A free place for so long. `Unavailable` when there is none, `Refused` (504) when the time is over."""
    await _take(free, title)
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise slow(title, seconds) from error
    finally:
        free.release()


async def _take(free: asyncio.Semaphore, title: str) -> None:
    try:
        await asyncio.wait_for(free.acquire(), WAIT)
    except TimeoutError as error:
        raise busy(title) from error


class Slots:
    """A thread that the database keeps holds its slot: others are refused at once, and nothing else waits."""

    def __init__(self, title: str, connections: int, seconds: float) -> None:
        self._title, self._seconds = title, seconds
        self._threads = ThreadPoolExecutor(connections, f"source-{title[:20]}")
        self._free = asyncio.Semaphore(connections)

    async def run(self, work: Callable[[], Found]) -> Found:
        """What `work` returns; `Unavailable` when no slot is free or the source keeps silent."""
        await _take(self._free, self._title)
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(future), self._seconds + GRACE)
        except TimeoutError as error:
            if future.done():
                raise
            raise away(self._title) from error

    def _done(self, future: "asyncio.Future[Any]") -> None:
        self._free.release()
        if not future.cancelled():
            future.exception()  # heard by who waited, or by nobody any more

    def close(self) -> None:
        """No new work; what runs ends by its own limit."""
        self._threads.shutdown(wait=False, cancel_futures=True)
