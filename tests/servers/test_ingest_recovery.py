"""Processes are killed while documents come in: each ends indexed once or rejected in words, nothing is left over."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from bench.system import system
from tests.servers.ledgers import orphans, points, rows
from tests.servers.plant import Plant
from tests.support.company import STAND_INS, Company, raw

pytestmark = pytest.mark.timeout(300)
KILLS = 24
GOOD, LONG, POISONED = 44, 4, 12
# Each as often as it is named: those that documents pass through are hit most.
VICTIMS = ("ingestion",) * 4 + ("retrieval",) * 4 + ("gateway",) * 2 + ("nats", "audit")
SETTLED_SECONDS = 240


@pytest.fixture
def plant() -> Iterator[Plant]:
    with system(each=True, ingestion_orphan_seconds="3", **STAND_INS) as running:
        company = Company(running)
        yield Plant(company, company.workspace("plant"))


def files() -> dict[str, bytes]:
    """Sixty documents; every fifth cannot be read."""
    good = {f"good-{n}.md": f"# Valve {n}\n\nValve {n} opens at {n + 3} bar.\n" for n in range(GOOD)}
    part = "## Part {}\n\nPart {} of machine {} weighs a ton. " + "It is heavy. " * 60
    long = {f"long-{n}.md": "\n\n".join(part.format(k, k, n) for k in range(90)) for n in range(LONG)}
    broken = {f"broken-{n}.pdf": b"%PDF-1.7\n" + bytes([n]) * 4000 for n in range(POISONED // 2)}
    broken |= {f"broken-{n}.docx": b"PK\x03\x04" + bytes([n]) * 4000 for n in range(POISONED // 2)}
    all_of_them = {name: text.encode() for name, text in (good | long).items()} | broken
    names = sorted(all_of_them)
    random.Random(4).shuffle(names)
    return {name: all_of_them[name] for name in names}


async def upload(plant: Plant, name: str, data: bytes) -> str:
    """Sent until it is accepted; what was sent twice is one document."""
    while True:
        with suppress(httpx.TransportError):
            sent = await asyncio.to_thread(plant.company.upload, plant.workspace, name, data)
            if sent.status_code == 202:
                return str(sent.json()["document_id"])
            assert sent.status_code in (500, 503), sent.text
        await asyncio.sleep(0.2)


async def kill(plant: Plant, done: asyncio.Event) -> Counter[str]:
    """At random moments, of services at random: what is hit in the middle of what is never the same twice."""
    chance, killed = random.Random(), Counter[str]()
    while killed.total() < KILLS or not done.is_set():
        victim = chance.choice(VICTIMS)
        with suppress(OSError, ValueError):  # it is just being started again
            plant.kill(victim)
            killed[victim] += 1
        if killed.total() >= KILLS:
            break
        await asyncio.sleep(chance.uniform(0.2, 2.5))
    return killed


async def settled(plant: Plant, document: str) -> dict[str, object]:
    async with asyncio.timeout(SETTLED_SECONDS):
        while True:
            with suppress(httpx.TransportError):
                reply = await asyncio.to_thread(raw, plant.company.admin, "GET", f"/api/documents/{document}")
                found: dict[str, object] = reply.json() if reply.status_code == 200 else {}
                whole = found.get("status") == "indexed" and found["vectors"] == 1
                if whole or found.get("status") == "rejected":
                    return found
            await asyncio.sleep(0.3)


async def test_killed_at_any_point_every_document_ends_indexed_once_or_rejected_with_a_reason(plant: Plant) -> None:
    done, sent = asyncio.Event(), files()
    gate = asyncio.Semaphore(4)

    async def one(name: str, data: bytes) -> tuple[str, dict[str, object]]:
        async with gate:
            document = await upload(plant, name, data)
        return document, await settled(plant, document)

    killing = asyncio.create_task(kill(plant, done))
    ended = dict(await asyncio.gather(*(one(name, data) for name, data in sent.items())))
    done.set()
    killed = await killing
    print(f"killed: {dict(killed)}")
    assert len(ended) == len(sent) == GOOD + LONG + POISONED
    for state in ended.values():
        broken = str(state["title"]).startswith("broken")
        assert state["status"] == ("rejected" if broken else "indexed"), state
        assert not broken or len(str(state["reason"]).split()) > 4
    await agreed(plant)


async def agreed(plant: Plant) -> None:
    """Ingestion's rows, retrieval's rows, the index and the object store say the same, without a hand's help."""
    home = plant.company.system.home
    told = dict(rows(home, "ingestion", "SELECT document_id, chunks FROM documents WHERE status = 'indexed'"))
    kept = "SELECT c.document_id, count(*) FROM chunks c JOIN documents d USING (document_id)"
    assert dict(rows(home, "retrieval", f"{kept} WHERE d.current = c.revision GROUP BY 1")) == told
    assert rows(home, "retrieval", "SELECT count(*) FROM chunks") == [(sum(told.values()),)]
    plant.company.until(lambda: points(home) == told, 30)
    system = plant.company.system
    await asyncio.to_thread(plant.company.until, lambda: not asyncio.run(orphans(system)), 90)
