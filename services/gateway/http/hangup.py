"""Cancels work for callers who disconnected."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from shared.errors import Refused

T = TypeVar("T")


async def gone(request: Request) -> None:
    """Returns when the caller hangs up; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; it is cancelled, and `Refused` (499), as soon as the caller hangs up."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(gone(request))
    try:
        await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Refused("gone", "The caller hung up before the reply.", 499)
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
