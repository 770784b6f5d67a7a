"""Searches that are under way: one that is sent once more, since its reply may be lost, is not done twice."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from shared.events import Found, Search


class SearchesUnderWay:
    """Those of this process."""

    def __init__(self) -> None:
        self._tasks: dict[Search, asyncio.Task[Found]] = {}

    async def once(self, request: Search, work: Coroutine[Any, Any, Found]) -> Found:
        """What the first one of the same, with the same capability, finds in place of `work`."""
        if request in self._tasks:
            work.close()
            return await asyncio.shield(self._tasks[request])
        task = self._tasks[request] = asyncio.create_task(work)
        try:
            return await task
        finally:
            del self._tasks[request]
