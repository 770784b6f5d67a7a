"""What a question takes longer because it is recorded, and because its steps are on the disk before anybody reads on.

The log is measured by stopping the process that writes it for a moment: questions go on until it was not heard of for
three seconds. The disk is measured by a second system beside it with its home in memory, asked in turns.
"""

import asyncio
import itertools
import os
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.journey import STUBS, ask, prepare
from bench.system import System, system
from bench.tables import table

WARM, ROUNDS, WRITES, MEMORY = 20, 8, 200, "/dev/shm"  # noqa: S108
STANDS_SECONDS, REST_SECONDS = 1.5, 1.0


def main() -> None:
    """Print medians with and without, and the differences."""
    with system(each=True, **STUBS) as durable, system(each=True, below=MEMORY, **STUBS) as volatile:
        for running in (durable, volatile):
            prepare(running)
        written, stopped, memory = asyncio.run(measure(durable, volatile))
        disk = write(durable.home / "written")
    rows = [
        ("a whole question, ms p50", f"{written:.2f}", ""),
        ("while the audit log stands still, ms p50", f"{stopped:.2f}", ""),
        ("added by the audit log, ms p50", f"{written - stopped:.2f}", "<= 1"),
        ("a whole question with all in memory, ms p50", f"{memory:.2f}", ""),
        ("added by waiting for the disk at each step, ms p50", f"{written - memory:.2f}", ""),
        ("one write that this disk has, ms p50", f"{disk:.2f}", ""),
    ]
    table("What a record adds to a whole question; stub engine and embedder", ("figure", "measured", "goal"), rows)


async def measure(durable: System, volatile: System) -> list[float]:
    """Milliseconds (medians) with the log, while it stands still, and in memory; in turns, as other load changes."""
    async with client(durable) as ours, client(volatile) as other:
        numbers = itertools.count()
        for http in (ours, other):
            for _ in range(WARM):
                await ask(http, next(numbers))
        times: list[list[float]] = [[], [], []]
        for _ in range(ROUNDS):
            for found, http, at in zip(times, (ours, ours, other), (None, durable, None), strict=True):
                await asyncio.sleep(REST_SECONDS)
                with standing_still(at):
                    found += await asked(http, numbers)
    return [statistics.median(found) for found in times]


def client(running: System) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {running.token}"}
    return httpx.AsyncClient(base_url=running.base, headers=headers, timeout=60)


async def asked(http: httpx.AsyncClient, numbers: Iterator[int]) -> list[float]:
    """One question after the other for a while."""
    end, found = time.perf_counter() + STANDS_SECONDS, list[float]()
    while time.perf_counter() < end:
        found.append(await ask(http, next(numbers)))
    return found


@contextmanager
def standing_still(running: System | None) -> Iterator[None]:
    """The process of its audit log does nothing meanwhile."""
    process = int((running.home / "run" / "audit.pid").read_text()) if running else 0
    try:
        if process:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        if process:
            os.kill(process, signal.SIGCONT)


def write(path: Path) -> float:
    """Milliseconds (median) until the disk has a kilobyte, while nobody else writes."""
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(WRITES):
            began = time.perf_counter()
            file.write(bytes(1024))
            os.fsync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
