"""What this worker is and works on, told to dispatch each second and at every change."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.inference.engines import Engine, EngineFailed
from services.inference.settings import InferenceSettings
from shared.bus import Bus, Delivery
from shared.events import WorkerSeen

log = logging.getLogger(__name__)
BEAT = 1.0  # seconds
LOOK = 5  # beats between two looks at the engine
PROGRESS = 10.0  # seconds: a third of the consumer's ack_wait


class Worker:
    """`models` is empty, and no slot free, as long as the engine does not answer."""

    def __init__(self, bus: Bus, engine: Engine, settings: InferenceSettings) -> None:
        self._bus, self._engine, self._settings = bus, engine, settings
        self._held: set[str] = set()
        self.models: tuple[str, ...] = ()

    async def live(self) -> None:
        """Beats, and looks after the engine, for ever."""
        beats = 0
        while True:
            try:
                if beats % LOOK == 0 or not self.models:
                    await self.look()
                await self.beat()
            except Exception:
                log.exception("the heartbeat was not told; the next one follows")
            beats += 1
            await asyncio.sleep(BEAT)

    async def look(self) -> None:
        """Which models can be asked for now."""
        try:
            self.models = await self._engine.models()
        except EngineFailed as error:
            if self.models:
                log.warning("the engine is away: %s", error)
            self.models = ()

    async def beat(self, leaving: bool = False) -> None:
        seen = WorkerSeen(
            worker=self._bus.name,
            connection=self._bus.name,
            pool=self._settings.inference_pool,
            slots=self._settings.inference_slots if self.models else 0,
            held=tuple(self._held),
            models=self.models,
            leaving=leaving,
        )
        await self._bus.tell(seen)

    @asynccontextmanager
    async def holding(self, message: Delivery) -> AsyncIterator[None]:
        """The message is in work: dispatch knows, and the server does not give it to another."""
        self._held.add(message.reply)
        await self.beat()
        alive = asyncio.create_task(_keep(message))
        try:
            yield
        finally:
            alive.cancel()
            self._held.discard(message.reply)
            await asyncio.shield(self.beat())


async def _keep(message: Delivery) -> None:
    while True:
        await asyncio.sleep(PROGRESS)
        await message.in_progress()
