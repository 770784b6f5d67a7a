"""Forks a process for each file from one with every reader loaded: starting one takes as long as most files."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shared.errors import Unavailable

FOLDER = Path(__file__).resolve().parents[1]
# The service's own __init__ would bring the bus along: slow, and nothing that a parser should hold.
BOOT = f"""
import sys, types
sys.path.insert(0, {str(FOLDER.parent.parent)!r})
package = types.ModuleType("services.ingestion")
package.__path__ = [{str(FOLDER)!r}]
sys.modules["services.ingestion"] = package
from services.ingestion.sandbox.fork_server import main
main()
"""
# Of the service's own variables, which hold its keys, it gets none.
QUIET = {
    "LANG": "C.UTF-8",
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    # A page is let go before the next one is read: its memory need not go back to the machine in between.
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "RUST_BACKTRACE": "0",
}
LOST = "The process that reads files has ended; it starts again. Give the machine more memory if this is often so."


@dataclass(frozen=True, slots=True)
class ForkedProcess:
    """One at work."""

    pid: int
    said: asyncio.StreamReader

    async def ended(self) -> int:
        """0 when it has written all, else its exit status, or the signal that ended it as a negative number."""
        return await _number(self.said)


@asynccontextmanager
async def forked(file: BinaryIO, output: BinaryIO) -> AsyncIterator[ForkedProcess]:
    """A process that reads one (see `forkserver`) and writes to the other; with this block it is ended.

    `Unavailable` when it is lost, with the one that it was forked from.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        _ask([file.fileno(), output.fileno(), theirs.fileno()])
    said, line = await asyncio.open_connection(sock=ours)
    try:
        yield ForkedProcess(await _number(said), said)
    finally:
        line.close()


async def _number(said: asyncio.StreamReader) -> int:
    try:
        return int(await said.readuntil())
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise Unavailable(LOST) from error


@dataclass(frozen=True, slots=True)
class _Forkserver:
    process: "subprocess.Popen[bytes]"
    socket: socket.socket


_running: list[_Forkserver] = []


def _ask(descriptors: list[int]) -> None:
    """Without its service it reads the end of its input, and ends."""
    if _running and _running[0].process.poll() is not None:
        _running.pop().socket.close()
    if not _running:
        _running.append(_started())
    try:
        socket.send_fds(_running[0].socket, [b"f"], descriptors)
    except OSError as error:
        raise Unavailable(LOST) from error


def _started() -> _Forkserver:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", BOOT],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=QUIET,
            start_new_session=True,
        )
    return _Forkserver(process, ours)
