"""Background tasks of a block: cancelled and awaited when it ends."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def background(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `loops` until the block ends. A loop that fails ends the block, and its error is raised in a group.

    What the block itself raises is raised as it is: a start that is refused says why in one line.
    """
    failed: Exception | None = None
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop) for loop in loops]
        try:
            yield
        except Exception as error:  # raised again after the tasks have ended
            failed = error
        finally:
            for task in tasks:
                task.cancel()
    if failed:
        raise failed
