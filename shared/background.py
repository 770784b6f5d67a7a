"""Background tasks of a block: cancelled and awaited when it ends."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)
AGAIN_SECONDS = 5.0


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
            await _cancelled(tasks)
    if failed:
        raise failed


async def _cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Returns when all have ended.

    Cancelled more than once if need be: in Python 3.11 `wait_for`, which nats-py uses, swallows a cancellation that
    comes together with the result.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_SECONDS)
        for task in running:
            log.warning("%s has not ended %g s after its cancellation and is cancelled again", task, AGAIN_SECONDS)
