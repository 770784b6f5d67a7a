"""An engine that says what the test told it to: pieces of text, errors to raise, events to wait for."""

import asyncio
from collections.abc import AsyncGenerator

from services.inference.engines.registry import GenerationRequest, OutputChunk
from services.inference.settings import InferenceSettings
from shared.events import Usage

Script = list[str | OutputChunk | Exception | asyncio.Event]


class Parrot:
    """`scripts` are used one a call, the last for ever; `orders` were given, `closed` were broken off."""

    def __init__(self) -> None:
        self.scripts: list[Script] = [["It is ", "25 days", " [1]."]]
        self.orders: list[GenerationRequest] = []
        self.closed = 0

    async def write(self, order: GenerationRequest) -> AsyncGenerator[OutputChunk]:
        self.orders.append(order)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step if isinstance(step, OutputChunk) else OutputChunk(text=step)
            yield OutputChunk(usage=Usage(prompt_tokens=40, completion_tokens=5), finish="stop")
        except (asyncio.CancelledError, GeneratorExit):
            self.closed += 1
            raise

    async def models(self) -> tuple[str, ...]:
        return ("parrot",)

    async def count(self, texts: list[str]) -> list[int] | None:
        return None

    async def close(self) -> None:
        return None


parrot = Parrot()


async def open_silent(settings: InferenceSettings) -> Parrot:
    """One that begins and never ends."""
    silent = Parrot()
    silent.scripts = [["It is ", asyncio.Event()]]
    return silent


async def open_parrot(settings: InferenceSettings) -> Parrot:
    """For CLOISTER_ENGINE."""
    return parrot
