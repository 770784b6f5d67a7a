"""Loaded by each process of a system under test: notes what holds its event loop too long, in processor time."""

import asyncio
import os
import time
from typing import Any

NOTED = os.environ.get("CLOISTER_SLOW_CALLBACKS")
LONGEST = float(os.environ.get("CLOISTER_SLOW_SECONDS", "0.05"))


def watch(path: str) -> None:
    """Run asyncio's own loop and tasks, whose steps can be timed and named, and note the slow ones in the file."""
    import uvloop

    uvloop.new_event_loop = asyncio.new_event_loop
    asyncio.Task = asyncio.tasks.Task = asyncio.tasks._PyTask  # type: ignore[attr-defined, misc]
    run = asyncio.Handle._run

    def timed(handle: Any) -> None:
        task, began = getattr(handle._callback, "__self__", None), time.thread_time()
        run(handle)
        if (took := time.thread_time() - began) > LONGEST:
            named = repr(task.get_coro()) if hasattr(task, "get_coro") else repr(handle)
            with open(path, "a", encoding="utf-8") as file:
                file.write(f"{took:.3f} {named[:400]}\n")

    asyncio.Handle._run = timed  # type: ignore[method-assign]


if NOTED:
    watch(NOTED)
