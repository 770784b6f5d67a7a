"""Questions of a business system on the bus, many at once, from a thread of their own."""

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from client import Bus
from shared.events import QueryAnswered

QUESTION = "What is the daily allowance in Beijing?"


class Questions:
    """`app` is the name and key that an administrator made; answers come in `answered`."""

    def __init__(self, url: str, ca: Path, app: Mapping[str, Any], workspace: str) -> None:
        self._url, self._ca, self._app, self._workspace = url, ca, app, workspace
        self.answered: list[QueryAnswered] = []
        self.failed: list[BaseException] = []
        self._threads: list[threading.Thread] = []

    def ask(self, count: int) -> None:
        """Returns at once."""
        thread = threading.Thread(target=lambda: asyncio.run(self._ask(count)), daemon=True)
        self._threads.append(thread)
        thread.start()

    async def _ask(self, count: int) -> None:
        async with Bus(self._url, self._app["name"], self._app["key"], self._app["answer_keys"], ca=self._ca) as bus:
            await asyncio.gather(*(self._one(bus, number) for number in range(count)))

    async def _one(self, bus: Bus, number: int) -> None:
        try:
            question = f"{QUESTION} ({len(self._threads)}.{number})"
            self.answered.append(await bus.ask(question, workspace=self._workspace, timeout=170))
        except Exception as error:
            self.failed.append(error)
