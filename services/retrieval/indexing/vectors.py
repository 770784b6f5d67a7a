"""Gives chunks their vectors, in the background, the shortest documents first."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import RowMapping

from services.retrieval.index.index_set import IndexSet
from services.retrieval.indexing.pace import Pace
from services.retrieval.indexing.pending import PendingVectors, Waiting
from services.retrieval.indexing.progress import Progress
from shared.bus import Bus
from shared.errors import Unavailable
from shared.events import DocumentEmbedded

log = logging.getLogger(__name__)
WORKERS = 2  # steps at a time: one waits for the model, one for the disk
PAUSE = 5.0  # seconds, when the model or the index does not answer
LOOK = 10.0  # seconds until what another process left is looked for


class VectorQueue:
    """Works until it is cancelled; what it has taken when its process dies is taken again."""

    def __init__(self, pending: PendingVectors, opened: Callable[[], Awaitable[IndexSet]]) -> None:
        self._pending, self._opened = pending, opened
        self._pace, self._progress, self._new = Pace(), Progress(), asyncio.Event()
        self._steps: dict[asyncio.Task[None], str] = {}

    def wake(self) -> None:
        """Something new waits."""
        self._new.set()

    async def run(self, bus: Bus) -> None:
        """Until cancelled."""
        await self._pending.reclaim()
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work(bus))

    async def _work(self, bus: Bus) -> None:
        while True:
            try:
                self._new.clear()  # before it looks: what comes while it looks wakes it again
                if await self.step(bus):
                    continue
                async with asyncio.timeout(LOOK):
                    await self._new.wait()
            except TimeoutError:
                continue
            except Unavailable as error:
                log.warning("vectors wait: %s", error.error)
                await asyncio.sleep(PAUSE)
            except Exception:  # whatever it is: words find meanwhile, and this is tried again
                log.exception("vectors cannot be made now")
                await asyncio.sleep(PAUSE)

    async def step(self, bus: Bus) -> bool:
        """Some chunks of one revision; False when nobody waits."""
        index_set = await self._opened()
        taken = await self._pending.take(self._pace.most)
        if taken is None:
            return False
        waiting, rows = taken
        if rows:
            await self._placed(index_set, waiting, rows)
            await self._progress.vectors(bus, self._pending, self._pace)
        else:
            about = {name: getattr(waiting, name) for name in DocumentEmbedded.model_fields if name in waiting._fields}
            await bus.publish(DocumentEmbedded.model_validate(about))
            await self._pending.finish(waiting)
        return True

    async def stop(self, document_id: str) -> None:
        """No vector is made for it any more when this returns, unless it is taken again."""
        mine = [task for task, document in self._steps.items() if document == document_id]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    async def _placed(self, index_set: IndexSet, waiting: Waiting, rows: Sequence[RowMapping]) -> None:
        ids = [row["id"] for row in rows]
        task = asyncio.create_task(index_set.embed(rows))
        self._steps[task] = waiting.document_id
        try:
            with self._pace.step(len(rows)):
                await asyncio.wait([task])
        finally:
            del self._steps[task]
            task.cancel()  # where this itself is being cancelled
            if not task.done() or task.cancelled() or task.exception():
                await self._pending.release(ids)
        if not task.cancelled():
            task.result()
            await self._pending.placed(waiting, ids)
