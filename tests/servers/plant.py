"""A plant whose Cloister runs each service in a process of its own, and the means to break it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import nats
import pytest
from nats.aio.client import Client

from bench.system import system
from client import Bus
from tests.support.company import STAND_INS, Company

SLOWLY = "How many litres does the oil tank hold? Tell it slowly, number {}."
TANK = "The oil tank holds 7,400 litres. It is filled each spring, and cleaned every third year by two people.\n"


@dataclass
class Plant:
    """Its system, and a workspace that knows how much the oil tank holds."""

    company: Company
    workspace: str

    def pid(self, name: str) -> int:
        return int((self.company.system.home / "run" / f"{name}.pid").read_text())

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """The service of this name; one that was killed before is waited for until it runs again."""
        self.company.until(lambda: self._signalled(name, how), 30)

    def _signalled(self, name: str, how: signal.Signals) -> bool:
        with suppress(ProcessLookupError):
            os.kill(self.pid(name), how)
            return True
        return False

    def line(self) -> Bus:
        """A business system's."""
        return self.company.line(self.company.app("plant", self.workspace, bus=True))

    def person(self) -> httpx.AsyncClient:
        """Somebody who is signed in."""
        headers = {"Authorization": f"Bearer {self.company.system.token}"}
        return httpx.AsyncClient(base_url=self.company.system.base, headers=headers, timeout=60)

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[Client]:
        """The bus as dispatch hears it: every stored answer and every worker's heartbeat."""
        seed = self.company.system.home / "keys" / "bus" / "dispatch.seed"
        url = self.company.system.nats_url
        client = await nats.connect(url, nkeys_seed=str(seed), inbox_prefix="_INBOX_dispatch")
        try:
            yield client
        finally:
            await client.close()

    async def ask(self, number: int) -> str:
        """The query's id, when it was answered; a connection that breaks is followed by the same question again."""
        body = {"question": SLOWLY.format(number), "workspace": self.workspace}
        headers = {"Idempotency-Key": f"number-{number}"}
        while True:
            with suppress(httpx.TransportError):
                async with self.person() as http:
                    reply = await http.post("/api/chat", json=body, headers=headers)
                if reply.status_code != 503:
                    assert reply.status_code == 200, reply.text
                    assert "7,400" in reply.json()["answer"]
                    return str(reply.json()["query_id"])
            await asyncio.sleep(0.2)


@pytest.fixture(scope="module")
def plant() -> Iterator[Plant]:
    with system(each=True, inference_slots="4", **STAND_INS) as running:
        company = Company(running)
        workspace = company.workspace("plant")
        assert company.paper(workspace, "tank.md", TANK)["status"] == "indexed"
        yield Plant(company, workspace)
