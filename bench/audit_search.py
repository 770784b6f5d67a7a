"""Searching a large audit log: a person and a day, alerts, and proofs, among a million records in the real table."""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.tables import table
from services.audit.log.entries import Entry
from services.audit.log.reader import RecordFilter
from services.audit.log.writer import INSERT
from tests.support.audit_log import Log, audit_log

RECORDS, PERSONS, DAYS, TRIES, CHUNK = 1_000_000, 200, 100, 20, 10_000
START, DAY = 1_760_000_000_000_000, 86_400_000_000  # µs
ALERTS = 997  # each so many records one alert


async def measure(home: Path, records: int = RECORDS) -> dict[str, float]:
    """Milliseconds by what is looked for; the slowest of several tries, each of another person and day."""
    async with audit_log(home) as log:
        began = time.perf_counter()
        await _fill(log, records)
        filled = time.perf_counter() - began
        wanted: dict[str, Callable[[int], RecordFilter]] = {
            "person and day": lambda n: RecordFilter(
                principal=_person(n * 7), since=START + n * DAY, until=START + (n + 1) * DAY
            ),
            "person, newest of a year": lambda n: RecordFilter(principal=_person(n * 7), after=records - 5000),
            "alerts of 30 days": lambda n: RecordFilter(since=START + (DAYS - 30 - n) * DAY, subject="audit.alerted."),
        }
        found = {f"{name} ms": await _slowest(log, which) for name, which in wanted.items()}
    return found | {"records": records, "seconds to fill": filled}


async def _slowest(log: Log, which: Callable[[int], RecordFilter]) -> float:
    times = []
    for n in range(TRIES):
        began = time.perf_counter()
        leaves, _ = await log.reader.records(which(n), 500)
        times.append((time.perf_counter() - began) * 1e3)
        assert leaves, which(n)
    print(f"p50 {statistics.median(times):.1f} ms, most {max(times):.1f} ms")
    return max(times)


async def _fill(log: Log, records: int) -> None:
    """With the writer's own statement and rows; the tree above them is not needed to search."""
    for start in range(0, records, CHUNK):
        rows = [_entry(n, records).row(n + 1) for n in range(start, min(start + CHUNK, records))]
        async with log.database.transaction() as connection:
            await connection.execute(INSERT, rows)


def _entry(n: int, records: int) -> Entry:
    subject = "audit.alerted.v1" if n % ALERTS == 0 else "query.asked.v1"
    at = START + n * DAYS * DAY // records
    facts = {"workspace": "service", "lane": "interactive", "question_size": 64, "grants": ["group:service"]}
    return Entry(
        at=at, stream="QUERIES", stream_seq=n + 1, subject=subject, event_id=f"{n:032x}", source="/cloister/gateway",
        principal=_person(n), about=f"{n // 4:032x}", size=900, digest=f"{n:064x}", emitter="gateway.1", n=n,
        facts=facts,
    )  # fmt: skip


def _person(n: int) -> str:
    return f"person:p{n % PERSONS}"


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cloister-bench-") as folder:
        found = asyncio.run(measure(Path(folder), given.records))
    table("Searching the audit log", ("figure", "measured"), [(name, f"{value:,.1f}") for name, value in found.items()])


if __name__ == "__main__":
    main()
