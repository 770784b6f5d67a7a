"""How soon a lost right ends a stream, and what admission costs. `python -m bench.rights 200`: trials of each kind.

A trial opens a stream that goes on for seconds, takes one thing away, and measures until the stream has ended.
"""

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.system import System, system
from bench.tables import table
from infra.nats.keys import create_keys
from services.auth.accounts.repository import Accounts
from services.auth.accounts.user_rows import insert
from services.auth.admission import Admission
from services.auth.callers import Callers
from services.auth.credentials.tokens import Tokens
from services.auth.rights.quota import Quota
from services.auth.tables import outbox
from shared.events import Admit, Credential
from shared.security.keyring import Keyring, SigningKey
from shared.settings import Settings
from shared.sql.database import Database
from shared.sql.outbox import Outbox

TRIALS = 10  # of each kind; `python -m bench rights 200` for the figure that is claimed
PASSWORD = "a password for measuring"  # noqa: S105
PAPER = " ".join(f"The vault in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the vault in room 7 open? Read it out dragging."
STAND_INS = {"engine": "tests.support.extractive_engine:open_reader"}


class Trials:
    """A workspace, and somebody new for each trial."""

    def __init__(self, running: System) -> None:
        self.running, self.http, self.number = running, running.http(), 0
        self.call("POST", "/api/workspaces", json={"name": "vaults"})
        sent = self.call(
            "POST", "/api/documents", data={"workspace": "vaults"}, files={"file": ("vaults.md", PAPER.encode())}
        )
        self.document = sent["document_id"]
        while self.call("GET", f"/api/documents/{self.document}")["status"] != "indexed":
            time.sleep(0.1)

    def call(self, method: str, path: str, **given: Any) -> Any:
        reply = self.http.request(method, path, **given)
        assert reply.status_code < 300, (path, reply.text)
        return reply.json()

    def somebody(self) -> tuple[str, str, str]:
        """Name, token and the grant that lets them ask."""
        self.number += 1
        name = f"p{self.number}"
        self.call("POST", "/api/users", json={"username": name, "password": PASSWORD, "groups": [f"g-{name}"]})
        grant = {"workspace": "vaults", "to": f"group:g-{name}", "actions": ["ask"]}
        token = self.call("POST", "/api/login", json={"username": name, "password": PASSWORD})["access_token"]
        return name, token, self.call("POST", "/api/grants", json=grant)["grant_id"]

    def seconds(self, take: Callable[[str, str], None]) -> float:
        """From the reply to the act until the stream has ended."""
        name, token, grant = self.somebody()
        first, ended = threading.Event(), list[float]()

        def read() -> None:
            body, headers = {"question": QUESTION, "stream": True}, {"Authorization": f"Bearer {token}"}
            with httpx.stream("POST", f"{self.running.base}/api/chat", json=body, headers=headers, timeout=30) as reply:
                for line in reply.iter_lines():
                    if line.startswith("event: token"):
                        first.set()
            ended.append(time.perf_counter())

        reading = threading.Thread(target=read)
        reading.start()
        assert first.wait(20)
        take(name, grant)
        taken = time.perf_counter()
        reading.join()
        return max(0.0, ended[0] - taken)


def kinds(trials: Trials) -> dict[str, Callable[[str, str], None]]:
    """What is taken away."""
    call = trials.call
    denied = {"workspace": "vaults", "actions": ["ask"], "deny": True}
    return {
        "grant removed": lambda name, grant: call("DELETE", f"/api/grants/{grant}"),
        "denied": lambda name, grant: call("POST", "/api/grants", json=denied | {"to": f"person:{name}"}),
        "group left": lambda name, grant: call("PATCH", f"/api/users/{name}", json={"groups": []}),
        "person locked": lambda name, grant: call("POST", f"/api/users/{name}/lock"),
        "person removed": lambda name, grant: call("DELETE", f"/api/users/{name}"),
        "document denied": lambda name, grant: call(
            "PATCH", f"/api/documents/{trials.document}", json={"deny": [f"person:{name}"]}
        ),
    }


async def admission(people: int = 300, admitted: int = 2_000) -> float:
    """CPU milliseconds of one admission, signature included, with so many people."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        create_keys(home / "keys")
        async with Database.opened("auth", Settings(home=home)) as database:
            accounts = Accounts(database, Outbox(database, outbox, None))  # type: ignore[arg-type]
            async with accounts.changing("bench") as change:
                for n in range(people):
                    await insert(change, f"p{n}", "", [f"g{n % 20}"], [])
            key = SigningKey(home / "keys" / "auth.key")
            tokens = Tokens(key, Keyring(home / "keys" / "auth.pub"), 3600)
            admits = Admission(accounts, Callers(tokens), key, Quota(database))
            everybody = (await accounts.current()).people.values()
            given = [Credential(token=tokens.sign(person)) for person in everybody]
            until = datetime.now(UTC) + timedelta(minutes=5)
            began = time.process_time()
            for n in range(admitted):
                await admits.admit(Admit(query="0" * 32, credential=given[n % people], expires_at=until))
            return 1000 * (time.process_time() - began) / admitted


def main() -> None:
    """Prints two tables."""
    trials = int(sys.argv[1]) if len(sys.argv) == 2 and sys.argv[1].isdigit() else TRIALS
    rows = []
    with system(**STAND_INS) as running:
        here = Trials(running)
        for kind, take in kinds(here).items():
            took = sorted(1000 * here.seconds(take) for _ in range(trials))
            late = took[min(len(took) - 1, int(0.99 * len(took)))]
            rows.append([kind, str(trials), f"{took[len(took) // 2]:.0f}", f"{late:.0f}", f"{took[-1]:.0f}"])
    table("A stream ends after a right is lost", ("what is taken", "trials", "p50 ms", "p99 ms", "most ms"), rows)
    cost = asyncio.run(admission())
    table("Admission", ("what", "people", "CPU ms"), [["through auth, signed", "300", f"{cost:.2f}"]])


if __name__ == "__main__":
    main()
