"""Publishes text as stream events about 15 ms apart; the first one at once."""

import asyncio
from datetime import UTC, datetime

from prometheus_client import Histogram

from services.inference.output.reasoning import Channel
from shared.bus import Bus
from shared.events import QueryEvent, QueryReady, QueryStreamed

FIRST_TOKEN_SECONDS = Histogram(
    "cloister_first_token_seconds",
    "From a question to the first token of its answer",
    ["lane"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 300),
)
GAP = 0.015  # seconds between events: few enough for the bus, fast enough for eyes


class TokenStream:
    """Tells one attempt at one query; the first word goes out at once."""

    def __init__(self, bus: Bus, query: QueryEvent, attempt: int) -> None:
        self._bus, self._query, self.attempt = bus, query, attempt
        self._waiting: list[tuple[Channel, str]] = []
        self._n = 0
        self._spoken = False
        self._told_at = 0.0
        self._lock = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    async def generation(self) -> None:
        """The text begins now."""
        await self._tell("progress", stage="answering")

    async def say(self, kind: Channel, text: str) -> None:
        """Sooner or later, in order; what comes close together goes out together."""
        if self._waiting and self._waiting[-1][0] == kind:
            text = self._waiting.pop()[1] + text
        self._waiting.append((kind, text))
        if not self._spoken:
            self._spoken = True
            self._first()
        rest = self._told_at + GAP - asyncio.get_running_loop().time()
        if rest <= 0:
            await self._flush()
        elif self._timer is None or self._timer.done():
            self._timer = asyncio.create_task(self._flush(rest))

    async def close(self) -> None:
        """Everything said has been told."""
        if self._timer:
            self._timer.cancel()
            await asyncio.wait([self._timer])
        await self._flush()

    def _first(self) -> None:
        if isinstance(self._query, QueryReady):
            waited = (datetime.now(UTC) - self._query.asked_at).total_seconds()
            FIRST_TOKEN_SECONDS.labels(self._query.lane).observe(max(waited, 0))

    async def _flush(self, after: float = 0) -> None:
        if after:
            await asyncio.sleep(after)
        async with self._lock:
            while self._waiting:
                kind, text = self._waiting.pop(0)
                await self._tell(kind, text=text)

    async def _tell(self, kind: str, **fields: str) -> None:
        self._n += 1
        self._told_at = asyncio.get_running_loop().time()
        about = {"query": self._query.query, "client": self._query.client, "attempt": self.attempt, "n": self._n}
        await self._bus.publish_ephemeral(QueryStreamed.model_validate(about | {"kind": kind} | fields))
