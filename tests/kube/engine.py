"""An engine whose answers a test lets go one by one: each takes a ticket from the folder CLOISTER_TEST_TICKETS."""

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path

from services.inference.engines.registry import GenerationRequest, OutputChunk
from services.inference.settings import InferenceSettings
from shared.events import Usage

LOOK = 0.1  # seconds


class Tickets:
    """A folder of empty files; whoever takes one away has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def give(self, count: int) -> None:
        for number in range(count):
            (self.folder / f"{number}-{os.urandom(4).hex()}").touch()

    def open(self) -> None:
        """From now on nobody needs one."""
        (self.folder / "open").touch()

    def close(self) -> None:
        (self.folder / "open").unlink()

    def take(self) -> bool:
        names = sorted(os.listdir(self.folder))
        return "open" in names or any(self._mine(name) for name in names)

    def _mine(self, name: str) -> bool:
        try:
            (self.folder / name).unlink()
        except FileNotFoundError:
            return False
        return True


class PatientEngine:
    """Begins at once, and ends when it has a ticket."""

    def __init__(self) -> None:
        self._tickets = Tickets(Path(os.environ["CLOISTER_TEST_TICKETS"]))

    async def write(self, order: GenerationRequest) -> AsyncGenerator[OutputChunk]:
        yield OutputChunk(text="The daily allowance in Beijing ")
        # Another process gives them: there is nothing to wait on but the folder.
        while not self._tickets.take():  # noqa: ASYNC110
            await asyncio.sleep(LOOK)
        yield OutputChunk(text="is 420 yuan [1].")
        yield OutputChunk(usage=Usage(prompt_tokens=100, completion_tokens=12), finish="stop")

    async def models(self) -> tuple[str, ...]:
        return ("patient",)

    async def count(self, texts: list[str]) -> list[int] | None:
        return [len(text) // 4 for text in texts]

    async def close(self) -> None:
        return


async def open_engine(settings: InferenceSettings) -> PatientEngine:
    return PatientEngine()
