"""The audit log: events a second into it, what an event costs, proofs, searching, and verifying; all of it durable."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import cast

from bench.tables import table
from client.audit import Verifier, archive_bundles
from client.audit.merkle import leaf_hash, proves_inclusion
from services.audit.entry_builder import entry_of
from services.audit.log.reader import RecordFilter
from services.gateway.audit.guard import LogGuard
from shared.bus import Bus
from shared.events import LogSeen
from tests.support.audit_log import SALT, Log, audit_log, event

EVENTS, BATCH, PROOFS = 50_000, 256, 200
GOALS = {
    "events a second": ">= 3,000", "µs CPU an event": "<= 50", "proof ms p50": "<= 5", "proof bytes": "<= 5,120",
    "search of a person and a day ms": "<= 200", "records verified a second": ">= 50,000",
    "added to a question ms p50": "<= 1",
}  # fmt: skip


async def measure(home: Path, events: int = EVENTS) -> dict[str, float]:
    """Figures by name."""
    async with audit_log(home) as log:
        found = await _write(log, events)
        found |= await _prove(log, events)
        found |= await _search(log)
        found |= await _verify(log, home)
        found |= await _guard(log)
    return found


async def _write(log: Log, events: int) -> dict[str, float]:
    messages = [event(n) for n in range(events)]
    cpu, began = time.process_time(), time.perf_counter()
    for start in range(0, events, BATCH):
        await log.appender.add([entry_of(message, SALT) for message in messages[start : start + BATCH]])
    seconds = time.perf_counter() - began
    return {"events a second": events / seconds, "µs CPU an event": (time.process_time() - cpu) / events * 1e6}


async def _prove(log: Log, events: int) -> dict[str, float]:
    leaves, times, sizes = await log.leaves(), [], []
    for n in range(PROOFS):
        seq, began = 1 + n * (events // PROOFS), time.perf_counter()
        proof = await log.reader.inclusion(seq, None)
        times.append(time.perf_counter() - began)
        sizes.append(sum(map(len, proof.proof)) + len(proof.checkpoint))
    assert proves_inclusion(leaf_hash(leaves[0]), 0, 1, [], leaf_hash(leaves[0]))
    return {"proof ms p50": statistics.median(times) * 1e3, "proof bytes": max(sizes)}


async def _search(log: Log) -> dict[str, float]:
    day = 1_700_000_000_000_000
    began = time.perf_counter()
    await log.reader.records(RecordFilter(principal="person:alice", since=day, until=day + 86_400_000_000), 500)
    return {"search of a person and a day ms": (time.perf_counter() - began) * 1e3}


async def _verify(log: Log, home: Path) -> dict[str, float]:
    path, after = home / "export.ndjson", 0
    with path.open("wb") as file:
        while (page := await log.reader.bundles(after))[0]:
            file.write(page[0])
            after = page[1]
    began = time.perf_counter()
    records = Verifier(log.key).all(archive_bundles(path)).records
    return {"records verified a second": records / (time.perf_counter() - began)}


async def _guard(log: Log) -> dict[str, float]:
    """What a question waits for: whether the log can be written is known, and its events are the record."""
    guard, times = LogGuard(cast("Bus", None)), []
    guard.hear(LogSeen(checkpoint=await log.reader.newest()))
    for _ in range(PROOFS):
        began = time.perf_counter()
        await guard.require()
        times.append(time.perf_counter() - began)
    return {"added to a question ms p50": statistics.median(times) * 1e3}


def main() -> None:
    """Print the figures beside what is promised."""
    with tempfile.TemporaryDirectory(prefix="cloister-bench-") as folder:
        found = asyncio.run(measure(Path(folder)))
    table(
        "Audit log",
        ("figure", "measured", "goal"),
        [(name, f"{value:,.4g}" if value < 1 else f"{value:,.1f}", GOALS[name]) for name, value in found.items()],
    )


if __name__ == "__main__":
    main()
