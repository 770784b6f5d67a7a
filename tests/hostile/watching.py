"""What a file does while it is read: the memory of its processes, whom it asks, what it leaves behind."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass
class Seen:
    """`memory` is the most that one process has held, in bytes; `asked` who came to the door."""

    memory: int = 0
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def watched() -> AsyncIterator[Seen]:
    """Looks at this process's children every few milliseconds."""
    seen = Seen()
    looking = asyncio.create_task(_look(seen))
    try:
        yield seen
    finally:
        looking.cancel()


async def _look(seen: Seen) -> None:
    while True:
        seen.memory = max(seen.memory, _held())
        await asyncio.sleep(0.005)


def _held() -> int:
    """Bytes at the most, of the processes that are programs of their own: a fresh copy of this one has all of its."""
    most = 0
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        with suppress(OSError):
            started = b"-I" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            peak = PEAK.search(Path(f"/proc/{child}/status").read_text())
            most = max(most, int(peak[1]) << 10 if started and peak else 0)
    return most


@asynccontextmanager
async def door() -> AsyncIterator[tuple[int, Seen]]:
    """A port of this machine, and who has come to it."""
    seen = Seen()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.asked.append(str(await reader.readline()))
        writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], seen
