"""Events a second from a real bus into the log, durable and signed, and their CPU over reading the stream bare."""

import argparse
import asyncio
import cProfile
import os
import pstats
import tempfile
import time
from pathlib import Path

import nats
import orjson

from bench.tables import table
from services.audit import handlers
from services.audit.handlers import service
from services.audit.log.reader import RecordFilter
from shared.bus.runtime import running
from tests.servers.bus import Server, nats_server

EVENTS, BATCH, IN_FLIGHT, DONE_SECONDS = 20_000, 256, 256, 300.0
GOALS = {"events a second": ">= 3,000", "µs CPU an event over bare reading": "<= 50"}


async def measure(server: Server, events: int, profile: Path | None = None) -> dict[str, float]:
    """The bus holds them already; the clock runs from the first record to the last."""
    await _publish(server, events)
    bare = await _read_bare(server, events)
    handlers.settings = lambda: server.settings  # type: ignore[assignment, attr-defined]
    profiler = cProfile.Profile()
    async with running(service, server.settings):
        reader = service.context.reader
        while await _last(reader) == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        first, cpu, began = await _last(reader), time.process_time(), time.perf_counter()
        if profile:
            profiler.enable()
        async with asyncio.timeout(DONE_SECONDS):
            while await _last(reader) < events:  # noqa: ASYNC110
                await asyncio.sleep(0.25)
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        profiler.disable()
    if profile:
        pstats.Stats(profiler).dump_stats(profile)
    each = used / (events - first) * 1e6
    return {
        "events a second": (events - first) / seconds, "µs CPU an event": each, "µs CPU of reading bare": bare,
        "µs CPU an event over bare reading": each - bare,
    }  # fmt: skip


async def _last(reader: object) -> int:
    return int((await reader.records(_NOTHING, 1))[1])  # type: ignore[attr-defined]


async def _publish(server: Server, events: int) -> None:
    async with server.connect("gateway") as client:
        stream, waiting = client.jetstream(), asyncio.Semaphore(IN_FLIGHT)

        async def one(n: int) -> None:
            async with waiting:
                await stream.publish("query.asked.v1", _event(n), headers={"ce-id": f"{n:036d}", "cloister-n": str(n)})

        await asyncio.gather(*(one(n) for n in range(events)))


async def _read_bare(server: Server, events: int) -> float:
    """µs CPU a message of fetching all of them and acknowledging none, as another consumer would."""
    client = await nats.connect(
        server.url, nkeys_seed=str(server.seed("connectors")), inbox_prefix=b"_INBOX_connectors"
    )
    bound = await client.jetstream().pull_subscribe_bind("connectors", "QUERIES", inbox_prefix=b"_INBOX_connectors.")
    count, cpu = 0, time.process_time()
    while count < min(events, 900):
        messages = await bound.fetch(min(BATCH, 900 - count), timeout=2)
        for message in messages:
            await message.ack()
        count += len(messages)
    used = time.process_time() - cpu
    await client.close()
    return used / count * 1e6


def _event(n: int) -> bytes:
    who = {"id": f"person:p{n % 100}", "name": f"p{n % 100}", "department": "service", "roles": [], "groups": ["all"]}
    question = "How long is the warranty on the pump, and who may extend it?"
    about = {"query": f"{n:032x}", "client": "gateway", "principal": who, "question": question, "lane": "interactive"}
    return orjson.dumps(about | {"workspace": "service", "capability": "a.b.c", "asked_at": "2026-11-28T08:00:00Z"})


_NOTHING = RecordFilter(about="nothing")


def main() -> None:
    """Print the figures beside what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--profile", type=Path, help="write a cProfile here; the figures are slower then")
    given = parser.parse_args()
    os.environ.setdefault("CLOISTER_AUDIT_BATCH", str(BATCH))
    with tempfile.TemporaryDirectory(prefix="cloister-bench-") as folder, nats_server(Path(folder)) as server:
        found = asyncio.run(measure(server, given.events, given.profile))
    rows = [(name, f"{value:,.1f}", GOALS.get(name, "")) for name, value in found.items()]
    table("Audit log on a real bus", ("figure", "measured", "goal"), rows)


if __name__ == "__main__":
    main()
