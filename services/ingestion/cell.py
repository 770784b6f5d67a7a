"""A process of its own for one file: limited, timed, and ended whatever happens."""

import asyncio
import json
import logging
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from services.ingestion.lanes import Crowded, Turn, lanes, spent, yield_to_others
from services.ingestion.pages import Unreadable
from services.ingestion.parsed import HEAVY
from services.ingestion.settings import IngestionSettings

log = logging.getLogger(__name__)
FOLDER = Path(__file__).resolve().parent
# The service's own __init__ would bring the bus along: slow, and nothing that a parser should hold.
BOOT = f"""
import sys, types
sys.path.insert(0, {str(FOLDER.parent.parent)!r})
package = types.ModuleType("services.ingestion")
package.__path__ = [{str(FOLDER)!r}]
sys.modules["services.ingestion"] = package
from services.ingestion.PROGRAM import main
main()
"""
QUIET = {
    "LANG": "C.UTF-8",
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "RUST_BACKTRACE": "0",
}
# Seconds between two looks at how long a process has run.
LOOK = 0.1
SLOW = "Reading it took longer than a document may. Split it, or print it to a simpler PDF."
LONG = "It holds more than a document can have. Split it."


class Cell:
    """Runs one program of this folder, `parser` or `scanner`, over one file."""

    def __init__(self, program: str, title: str, settings: IngestionSettings, slow: bool = False) -> None:
        self._boot, self._title = BOOT.replace("PROGRAM", program), title[-200:].replace("\0", "")
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
        with TemporaryDirectory(prefix="cloister-") as scratch:
            process = await self._started(scratch)
            if turn.slow:
                yield_to_others(process.pid)
            talk = asyncio.ensure_future(_exchange(process, task, data, output, self._settings.max_output))
            try:
                await self._patiently(talk, turn, process.pid)
                code = await process.wait()
            finally:
                talk.cancel()
                await _end(process)
        if code:
            raise Unreadable("too_complex", SLOW if code in (-signal.SIGXCPU, -signal.SIGKILL) else HEAVY)

    async def _patiently(self, talk: "asyncio.Future[None]", turn: Turn, pid: int) -> None:
        done, begun = set[Any](), time.monotonic()
        while not done and not turn.slow and time.monotonic() < begun + self._seconds:
            done, _ = await asyncio.wait({talk}, timeout=LOOK)
            if not done and (spent(pid) or time.monotonic() - begun) >= self._settings.quick_seconds:
                await turn.lengthen(pid)
                begun = time.monotonic()
        if not done:
            done, _ = await asyncio.wait({talk}, timeout=begun + self._seconds - time.monotonic())
        if not done:
            raise Unreadable("too_complex", SLOW)
        talk.result()

    async def _started(self, scratch: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-c", self._boot, self._title, self._settings.limits,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd=scratch, env=QUIET | {"HOME": scratch, "TMPDIR": scratch}, start_new_session=True,
        )  # fmt: skip


async def _exchange(
    process: asyncio.subprocess.Process, task: dict[str, Any], data: bytes, output: BinaryIO, most: int
) -> None:
    feeding = asyncio.ensure_future(_feed(process.stdin, json.dumps(task).encode() + b"\n", data))
    size = 0
    try:
        while process.stdout and (block := await process.stdout.read(1 << 18)):
            size += len(block)
            if size > most:
                raise Unreadable("too_big", LONG)
            output.write(block)
    finally:
        feeding.cancel()


async def _feed(stdin: asyncio.StreamWriter | None, *blocks: bytes) -> None:
    # A reader that has ended early says why by its exit.
    with suppress(ConnectionError):
        if stdin is None:
            return
        stdin.writelines(blocks)
        await stdin.drain()
        stdin.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
