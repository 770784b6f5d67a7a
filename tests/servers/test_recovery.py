"""Each service a process of its own; what is killed or stopped comes back, and nothing is lost or told twice."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.system import system
from shared.events import WorkerSeen
from tests.company import STAND_INS, Company

SLOWLY = "How many litres does the oil tank hold? Tell it slowly, number {}."
TANK = "The oil tank holds 7,400 litres. It is filled each spring, and cleaned every third year by two people.\n"
KILLS = 3
OTHERS = ("gateway", "auth", "retrieval", "dispatch", "ingestion", "audit")


@pytest.fixture(scope="module")
def works() -> Iterator[Company]:
    with system(each=True, inference_slots="4", **STAND_INS) as running:
        yield Company(running)


@pytest.fixture(scope="module")
def plant(works: Company) -> str:
    name = works.workspace("plant")
    assert works.paper(name, "tank.md", TANK)["status"] == "indexed"
    return name


def pid(works: Company, name: str) -> int:
    return int((works.system.home / "run" / f"{name}.pid").read_text())


@asynccontextmanager
async def inside(works: Company) -> AsyncIterator[Client]:
    """The bus as dispatch hears it: every stored answer and every worker's heartbeat."""
    seed: Path = works.system.home / "keys" / "bus" / "dispatch.seed"
    client = await nats.connect(works.system.nats_url, nkeys_seed=str(seed), inbox_prefix="_INBOX_dispatch")
    try:
        yield client
    finally:
        await client.close()


async def ask(works: Company, workspace: str, number: int) -> str:
    """The query's id, when it was answered; a connection that breaks is followed by the same question again."""
    body = {"question": SLOWLY.format(number), "workspace": workspace}
    headers = {"Authorization": f"Bearer {works.system.token}", "Idempotency-Key": f"{workspace}-{number}"}
    while True:
        with suppress(httpx.TransportError):
            async with httpx.AsyncClient(base_url=works.system.base, headers=headers, timeout=60) as http:
                reply = await http.post("/api/chat", json=body)
            if reply.status_code != 503:
                assert reply.status_code == 200, reply.text
                assert "7,400" in reply.json()["answer"]
                return str(reply.json()["query_id"])
        await asyncio.sleep(0.2)


async def test_killed_workers_lose_no_question_and_answer_none_twice(works: Company, plant: str) -> None:
    answers, working, killed = Counter[str](), asyncio.Queue[str](), set[str]()

    async def seen(message: Msg) -> None:
        worker = WorkerSeen.model_validate_json(message.data)
        if worker.held and worker.connection not in killed:
            await working.put(worker.connection)

    async def answered(message: Msg) -> None:
        answers[message.subject.rsplit(".", 1)[-1]] += 1

    async with inside(works) as bus:
        await bus.subscribe("worker.seen.v1", cb=seen)
        await bus.subscribe("answered.gateway.*", cb=answered)
        await bus.flush()
        asked = [asyncio.create_task(ask(works, plant, number)) for number in range(12)]
        while len(killed) < KILLS:
            if (connection := await asyncio.wait_for(working.get(), 20)) not in killed:
                killed.add(connection)
                os.kill(pid(works, "inference"), signal.SIGKILL)
        queries = await asyncio.wait_for(asyncio.gather(*asked), 60)
        await bus.flush()
    assert len(set(queries)) == 12
    assert {query: answers[query] for query in queries} == dict.fromkeys(queries, 1)


@pytest.mark.parametrize("name", OTHERS)
async def test_a_killed_service_comes_back_and_nothing_is_lost(name: str, works: Company, plant: str) -> None:
    async with works.line(works.app("plant", plant, bus=True)) as line:
        first = [asyncio.create_task(line.ask(SLOWLY.format(n), workspace=plant, timeout=60)) for n in range(3)]
        sent = await asyncio.to_thread(works.upload, plant, f"{name}.md", f"The {name} has a door.")
        os.kill(pid(works, name), signal.SIGKILL)
        first.append(asyncio.create_task(line.ask(SLOWLY.format(4), workspace=plant, timeout=60)))
        answers = await asyncio.gather(*first, ask(works, plant, 100 + OTHERS.index(name)))
    assert all("7,400" in (answer.answer or "") for answer in answers[:4])
    document = sent.json()["document_id"]
    assert (await asyncio.to_thread(works.settled, document))["status"] == "indexed"
    for answer in answers[:4]:
        steps = ("query.asked.v1", "query.grounded.v1", "query.ready.v1.default", answer.address())
        await asyncio.to_thread(works.recorded, answer.query, *steps)
    await asyncio.to_thread(works.recorded, document, "document.uploaded.v1", "document.indexed.v1")
