"""One confined process for one file, with limits and a deadline."""

import asyncio
import json
import os
import signal
import time
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from services.ingestion.chunking.model import Unreadable
from services.ingestion.sandbox.fork_client import forked
from services.ingestion.sandbox.results import HEAVY
from services.ingestion.sandbox.scheduler import ParserSlot, TooManySlowJobs, lanes, spent, yield_to_others
from services.ingestion.settings import IngestionSettings

# Seconds between two looks at how long a process has run.
LOOK = 0.1
SLOW = "Reading it took longer than a document may. Split it, or print it to a simpler PDF."
LONG = "It holds more than a document can have. Split it."


class Job:
    """Runs one program of this folder, `parser` or `scanner`, over one file."""

    def __init__(self, program: str, title: str, settings: IngestionSettings, slow: bool = False) -> None:
        self._given = {"program": program, "title": title[-200:].replace("\0", ""), "limits": settings.limits}
        # A slow one has agreed to wait: on a busy machine it gets its processor time later.
        self._settings, self._slow, self._seconds = settings, slow, settings.parse_seconds * (2 if slow else 1)

    async def run(self, task: dict[str, Any], data: bytes, output: BinaryIO) -> None:
        """Fills `output`; `Unreadable` when it fails or takes too long. A quick one may be run twice."""
        given = json.dumps(self._given | task).encode() + b"\n"
        try:
            async with lanes(self._settings).turn(self._slow) as turn:
                await self._once((given, data), output, turn)
        except TooManySlowJobs:
            output.seek(0)
            output.truncate()
            async with lanes(self._settings).turn(slow=True) as turn:
                await self._once((given, data), output, turn)

    async def _once(self, given: tuple[bytes, bytes], output: BinaryIO, turn: ParserSlot) -> None:
        with TemporaryFile() as file:
            await asyncio.to_thread(_fill, file, given)
            code = await self._read(file, output, turn)
        if code and output.seek(0, os.SEEK_END) >= self._settings.max_output:
            raise Unreadable("too_big", LONG)
        if code:
            raise Unreadable("too_complex", SLOW if code in (-signal.SIGXCPU, -signal.SIGKILL) else HEAVY)

    async def _read(self, file: BinaryIO, output: BinaryIO, turn: ParserSlot) -> int:
        async with forked(file, output) as fork:
            if turn.slow:
                yield_to_others(fork.pid)
            ending = asyncio.ensure_future(fork.ended())
            try:
                await self._patiently(ending, turn, fork.pid)
            finally:
                ending.cancel()
            return ending.result()

    async def _patiently(self, ending: "asyncio.Future[int]", turn: ParserSlot, pid: int) -> None:
        done, begun = set[Any](), time.monotonic()
        while not done and not turn.slow and time.monotonic() < begun + self._seconds:
            done, _ = await asyncio.wait({ending}, timeout=min(LOOK, self._seconds))
            if not done and (spent(pid) or time.monotonic() - begun) >= self._settings.quick_seconds:
                await turn.lengthen(pid)
                begun = time.monotonic()
        if not done:
            done, _ = await asyncio.wait({ending}, timeout=begun + self._seconds - time.monotonic())
        if not done:
            raise Unreadable("too_complex", SLOW)


def _fill(file: BinaryIO, blocks: tuple[bytes, ...]) -> None:
    file.writelines(blocks)
    # The process reads on from where this one stands.
    file.seek(0)
