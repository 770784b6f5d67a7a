"""What a question takes longer because its record is on the disk before anybody reads a token of the answer.

Two systems run side by side and are asked in turns: one with its home on the disk, one in memory, where waiting for
the disk takes no time. All else is the same.
"""

import asyncio
import os
import statistics
import time
from pathlib import Path

import httpx

from bench.journey import STUBS, ask, prepare
from bench.system import System, system
from bench.tables import table

QUESTIONS, WARM, WRITES, MEMORY = 200, 20, 200, "/dev/shm"  # noqa: S108


def main() -> None:
    """Print both, and the difference."""
    with system(each=False, **STUBS) as durable, system(each=False, below=MEMORY, **STUBS) as volatile:
        for running in (durable, volatile):
            prepare(running)
        found = asyncio.run(measure(durable, volatile))
        disk = write(durable.home / "written")
    rows = [
        ("a question that waits for its durable record, ms p50", f"{found[0]:.2f}", ""),
        ("without waiting for the disk, ms p50", f"{found[1]:.2f}", ""),
        ("added to a question, ms p50", f"{found[0] - found[1]:.2f}", "<= 1"),
        ("one write that this disk has, ms p50", f"{disk:.2f}", ""),
    ]
    table("What the audit log adds to a whole question; stub engine and embedder", ("figure", "measured", "goal"), rows)


async def measure(*systems: System) -> list[float]:
    """Milliseconds (median) of a question to each; in turns, so that other load meets all alike."""
    clients = [
        httpx.AsyncClient(base_url=one.base, headers={"Authorization": f"Bearer {one.token}"}, timeout=60)
        for one in systems
    ]
    times: list[list[float]] = [[] for _ in clients]
    for number in range(WARM + QUESTIONS):
        for at, http in enumerate(clients):
            times[at].append(await ask(http, number))
    for http in clients:
        await http.aclose()
    return [statistics.median(one[WARM:]) for one in times]


def write(path: Path) -> float:
    """Milliseconds (median) until the disk has a kilobyte: a question waits for several, one after another."""
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
