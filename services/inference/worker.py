"""Heartbeats of this worker: its pool, its models and the messages that it holds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from services.inference.engines.registry import Engine, EngineFailed
from services.inference.settings import InferenceSettings
from shared.bus import Bus, Delivery
from shared.events import WorkerSeen

log = logging.getLogger(__name__)
BEAT = 1.0  # seconds
SOON = 0.02  # seconds between the end of some work and the beat that tells it
LOOK = 5.0  # seconds between two looks at the engine


class Worker:
    """`models` is empty, and no slot free, as long as the engine does not answer."""

    def __init__(self, bus: Bus, engine: Engine, settings: InferenceSettings) -> None:
        self._bus, self._engine, self._settings = bus, engine, settings
        self._held: set[str] = set()
        self._ended = asyncio.Event()
        self.models: tuple[str, ...] = ()

    async def live(self) -> None:
        """Beats, and looks after the engine, for ever."""
        looked = 0.0
        while True:
            try:
                if (now := time.monotonic()) > looked + LOOK or not self.models:
                    await self.look()
                    looked = now
                await self.beat()
            except Exception:  # engines raise many types; the heartbeat goes on
                log.exception("the heartbeat was not told; the next one follows")
            await self._rest()

    async def _rest(self) -> None:
        """Until the next beat: a second, or a moment when work ended; dispatch hears the answer itself."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), BEAT)
            await asyncio.sleep(SOON)
        self._ended.clear()

    async def look(self) -> None:
        """Which models can be asked for now."""
        try:
            self.models = await self._engine.models()
        except EngineFailed as error:
            if self.models:
                log.warning("the engine is away: %s", error)
            self.models = ()

    async def beat(self) -> None:
        """Tell it now."""
        seen = WorkerSeen(
            worker=self._bus.name,
            connection=self._bus.name,
            pool=self._settings.inference_pool,
            slots=self._settings.inference_slots if self.models else 0,
            held=tuple(self._held),
            models=self.models,
        )
        await self._bus.publish_ephemeral(seen)

    @asynccontextmanager
    async def holding(self, message: Delivery) -> AsyncIterator[None]:
        """The message is in work, and dispatch knows."""
        self._held.add(message.reply)
        await self.beat()
        try:
            yield
        finally:
            self._held.discard(message.reply)
            self._ended.set()
