"""How long the event loop is held: processor time of each callback, so that a busy machine changes nothing."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

LONGEST = 0.05  # seconds that one callback may hold the loop


@dataclass
class Held:
    """The callbacks that took longer than `LONGEST`, with their seconds."""

    slow: list[tuple[float, str]] = field(default_factory=list)
    longest: float = 0.0


@contextmanager
def watched() -> Iterator[Held]:
    """Callbacks of asyncio's own loop (not uvloop's) are timed inside the block, in every thread."""
    held, run = Held(), asyncio.Handle._run

    def timed(handle: Any) -> None:
        named, began = str(handle), time.thread_time()
        run(handle)
        took = time.thread_time() - began
        held.longest = max(held.longest, took)
        if took > LONGEST:
            held.slow.append((round(took, 3), named[:300]))

    asyncio.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield held
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
