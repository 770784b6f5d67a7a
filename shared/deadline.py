"""Cancels work at its deadline."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from shared.errors import Refused

EXPIRED = "Nobody waits for this any more: its time ran out. Ask again when less is going on."


@asynccontextmanager
async def until(moment: datetime | None) -> AsyncIterator[None]:
    """The block is cancelled at `moment` and `Refused` (504); None waits for ever."""
    seconds = None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise Refused("expired", EXPIRED, 504) from error
