"""Extends acknowledgements while a handler runs; when its process dies, another gets the message."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import nats.errors

from shared.bus.delivery import Delivery


@contextmanager
def kept(messages: Delivery | Sequence[Delivery], seconds: float) -> Iterator[None]:
    """Tell every so many `seconds` that they are in work. A timer: most handlers end before the first."""
    held = [messages] if isinstance(messages, Delivery) else messages
    loop, telling = asyncio.get_running_loop(), set[asyncio.Task[None]]()
    timer: asyncio.TimerHandle

    def tell() -> None:
        nonlocal timer
        task = loop.create_task(_report_progress(held))
        telling.add(task)
        task.add_done_callback(telling.discard)
        timer = loop.call_later(seconds, tell)

    timer = loop.call_later(seconds, tell)
    try:
        yield
    finally:
        timer.cancel()


async def _report_progress(messages: Sequence[Delivery]) -> None:
    # A bus that is away cannot be told; the message then comes again, as it should.
    with suppress(nats.errors.Error, OSError):
        for message in messages:
            await message.in_progress()
