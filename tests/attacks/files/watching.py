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
    """The most that one process has held, in bytes, and worked, in seconds; `asked` who came to the port."""

    memory: int = 0
    seconds: float = 0.0
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def watched() -> AsyncIterator[Seen]:
    """Looks at this process's forks every few milliseconds."""
    seen = Seen()
    looking = asyncio.create_task(_look(seen))
    try:
        yield seen
    finally:
        looking.cancel()


async def _look(seen: Seen) -> None:
    while True:
        for child in _children():
            with suppress(OSError):
                seen.memory = max(seen.memory, _held(child))
                seen.seconds = max(seen.seconds, _worked(child))
        await asyncio.sleep(0.005)


def _children() -> list[Path]:
    """The programs that this process has started, and their forks; a copy of this one would have its memory."""
    servers = [child for child in _of(os.getpid()) if _started(child)]
    return servers + [fork for server in servers for fork in _of(int(server.name))]


def _of(pid: int) -> list[Path]:
    with suppress(OSError):
        return [Path(f"/proc/{one}") for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _started(child: Path) -> bool:
    with suppress(OSError):
        return b"-I" in (child / "cmdline").read_bytes().split(b"\0")
    return False


def _held(child: Path) -> int:
    """Bytes at the most."""
    peak = PEAK.search((child / "status").read_text())
    return int(peak[1]) << 10 if peak else 0


def _worked(child: Path) -> float:
    """Seconds of the processor; its name, which may hold blanks, ends with the last bracket."""
    facts = (child / "stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def arrivals() -> AsyncIterator[tuple[int, Seen]]:
    """A port of this machine, and who has come to it."""
    seen = Seen()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.asked.append(str(await reader.readline()))
        writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], seen
