"""A process of its own for one file: limited, timed, and ended whatever happens."""

import asyncio
import json
import logging
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

from services.ingestion import spare
from services.ingestion.lanes import Crowded, Turn, lanes, spent, yield_to_others
from services.ingestion.pages import Unreadable
from services.ingestion.parsed import HEAVY
from services.ingestion.settings import IngestionSettings

log = logging.getLogger(__name__)
# Seconds between two looks at how long a process has run.
LOOK = 0.1
# Looks, two thousandths of a second apart, at a process that has said all.
ENDING = 2500
BLOCK = 1 << 18
SLOW = "Reading it took longer than a document may. Split it, or print it to a simpler PDF."
LONG = "It holds more than a document can have. Split it."


class Cell:
    """Runs one program of this folder, `parser` or `scanner`, over one file."""

    def __init__(self, program: str, title: str, settings: IngestionSettings, slow: bool = False) -> None:
        self._program, self._title = program, title[-200:].replace("\0", "")
        # A slow one has agreed to wait: on a busy machine it gets its processor time later.
        self._settings, self._slow, self._seconds = settings, slow, settings.parse_seconds * (2 if slow else 1)

    async def run(self, task: dict[str, Any], data: bytes, output: BinaryIO) -> None:
        """Fills `output`; `Unreadable` when it fails or takes too long. A quick one may be run twice."""
        try:
            async with lanes(self._settings).turn(self._slow) as turn:
                await self._once(task, data, output, turn)
        except Crowded:
            output.seek(0)
            output.truncate()
            async with lanes(self._settings).turn(slow=True) as turn:
                await self._once(task, data, output, turn)

    async def _once(self, task: dict[str, Any], data: bytes, output: BinaryIO, turn: Turn) -> None:
        started = spare.take(self._program)
        pid = started.process.pid
        if turn.slow:
            yield_to_others(pid)
        try:
            await self._give(started, task, data)
            if self._program == "parser":
                spare.refill(self._program)
            talk = asyncio.ensure_future(_output(started.process.stdout, output, self._settings.max_output))
            try:
                await self._patiently(talk, turn, pid)
                code = await _ended(started.process)
            finally:
                talk.cancel()
        finally:
            started.end()
        if code:
            raise Unreadable("too_complex", SLOW if code in (-signal.SIGXCPU, -signal.SIGKILL) else HEAVY)

    async def _give(self, started: spare.Started, task: dict[str, Any], data: bytes) -> None:
        """The file lies in the process's own folder; a line says so."""
        place = Path(started.scratch.name) / "file"
        await asyncio.to_thread(_write, place, json.dumps(task).encode() + b"\n", data)
        line = {"title": self._title, "limits": self._settings.limits, "place": str(place)}
        # One that has ended already says why by how.
        with suppress(OSError):
            if started.process.stdin:
                started.process.stdin.write(json.dumps(line).encode() + b"\n")
                started.process.stdin.close()

    async def _patiently(self, talk: "asyncio.Future[None]", turn: Turn, pid: int) -> None:
        done, begun = set[Any](), time.monotonic()
        while not done and not turn.slow and time.monotonic() < begun + self._seconds:
            done, _ = await asyncio.wait({talk}, timeout=min(LOOK, self._seconds))
            if not done and (spent(pid) or time.monotonic() - begun) >= self._settings.quick_seconds:
                await turn.lengthen(pid)
                begun = time.monotonic()
        if not done:
            done, _ = await asyncio.wait({talk}, timeout=begun + self._seconds - time.monotonic())
        if not done:
            raise Unreadable("too_complex", SLOW)
        talk.result()


async def _output(pipe: IO[bytes] | None, output: BinaryIO, most: int) -> None:
    reader, size = asyncio.StreamReader(limit=BLOCK), 0
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        while block := await reader.read(BLOCK):
            size += len(block)
            if size > most:
                raise Unreadable("too_big", LONG)
            output.write(block)
    finally:
        transport.close()


async def _ended(process: "subprocess.Popen[bytes]") -> int:
    """How it ended: what has closed its output is about to."""
    for _ in range(ENDING):
        if (code := process.poll()) is not None:
            return code
        await asyncio.sleep(0.002)
    return -signal.SIGKILL


def _write(place: Path, *blocks: bytes) -> None:
    with place.open("wb") as file:
        file.writelines(blocks)
