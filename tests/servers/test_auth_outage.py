"""auth and its callout away for longer than a login lives, and one of two callouts killed."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import nats
import pytest
from nats.errors import Error

from bench.system import free_port, system
from client import Http, Refused
from tests.servers.plant import Plant
from tests.servers.postgres import postgres_server
from tests.support.company import STAND_INS, Company, raw
from tests.support.live_stream import LiveStream

pytestmark = pytest.mark.postgres
LIFE = 10  # seconds of a login on the bus
PAPER = " ".join(f"The vault in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the vault in room 7 open?"


@pytest.fixture(scope="module")
def plant() -> Iterator[Plant]:
    with (
        postgres_server() as url,
        system(each=True, auth_bus_seconds=str(LIFE), database_url=url, **STAND_INS) as running,
    ):
        company = Company(running)
        workspace = company.workspace("vault")
        company.paper(workspace, "vaults.md", PAPER)
        yield Plant(company, workspace)


async def test_auth_that_is_away_longer_than_a_login_lives_costs_time_and_gives_nobody_more(plant: Plant) -> None:
    company = plant.company
    person = company.person("alice", plant.workspace)
    brief = company.admin.make("key", name="ends-soon", workspaces=[plant.workspace], expires=in_seconds(LIFE))
    async with plant.line() as crm:
        assert "osprey7" in str((await crm.ask(QUESTION, workspace=plant.workspace)).answer)
        slow = f"{QUESTION} Read it out slowly."
        stream = await asyncio.to_thread(LiveStream.open, person, slow, workspace=plant.workspace)
        plant.kill("auth", signal.SIGSTOP)
        stopped = time.monotonic()
        try:
            assert (await asyncio.to_thread(stream.end, 60))[1] == "answer", "who is admitted already is answered"
            refused = await asyncio.to_thread(raw, person, "POST", "/api/chat", json={"question": QUESTION}, timeout=60)
            assert (refused.status_code, refused.json()["reason"]) == (503, "unavailable")
            assert int(refused.headers["retry-after"]) > 0
            with pytest.raises((Error, TimeoutError)):
                await connect(company, brief["name"], brief["key"])
            await asyncio.sleep(max(0.0, LIFE + 2 - (time.monotonic() - stopped)))
        finally:
            plant.kill("auth", signal.SIGCONT)
        asked = asyncio.create_task(crm.ask(f"{QUESTION} Now.", workspace=plant.workspace, timeout=60))
        assert "osprey7" in str((await asked).answer)
    company.until(lambda: person.me(), 20)
    with pytest.raises(Refused) as ended:
        Http(company.system.base, brief["key"]).me()
    assert ended.value.status == 401, "what ran out meanwhile has run out"


async def test_one_of_two_callouts_is_killed_and_nobody_is_kept_out(plant: Plant) -> None:
    company, app = plant.company, plant.company.app("erp", plant.workspace, bus=True)
    second = another_auth(plant)
    try:
        await ready(second[1])
        for _ in range(10):
            await (await connect(company, app["name"], app["key"])).close()
        second[0].kill()
        second[0].wait()
        lines = [await connect(company, app["name"], app["key"]) for _ in range(10)]
        assert all(line.is_connected for line in lines)
        await asyncio.gather(*(line.close() for line in lines))
    finally:
        second[0].kill()


def in_seconds(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


async def connect(company: Company, name: str, key: str) -> Any:
    return await nats.connect(
        company.system.nats_url, user=name, password=key, inbox_prefix=f"_INBOX_{name}", allow_reconnect=False
    )


def another_auth(plant: Plant) -> tuple[subprocess.Popen[bytes], int]:
    """A second process of the service, as a Deployment with two replicas has; its HTTP port has the probes."""
    found = dict(pair.split("=", 1) for pair in environment_of(plant.pid("auth")))
    port = free_port()
    command = [sys.executable, "-m", "services", "auth"]
    return subprocess.Popen(command, env=found | {"CLOISTER_HTTP_PORT": str(port)}, stderr=subprocess.DEVNULL), port


def environment_of(pid: int) -> list[str]:
    with open(f"/proc/{pid}/environ", "rb") as told:
        return [pair for pair in told.read().decode().split("\0") if "=" in pair]


async def ready(port: int) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient() as http:
        while True:
            with suppress(httpx.HTTPError):
                if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
