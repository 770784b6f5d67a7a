"""A fresh bus with its own home, keys and free port; the fixture is `bus`."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client

from infra.nats.server import Process, configure, port_of, start
from shared.registry import outsider
from shared.settings import Settings
from shared.streams import apply


@dataclass
class Server:
    """A running bus; `settings` is what a service needs to connect to it."""

    home: Path
    conf: Path
    process: Process
    errors: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return port_of(self.conf)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, nats_url=self.url, keys=self.keys)

    def seed(self, user: str) -> Path:
        return self.keys / "bus" / f"{user}.seed"

    @asynccontextmanager
    async def connect(self, user: str, password: str = "") -> AsyncIterator[Client]:
        """A bare connection as a service, or with `password` as a business system; complaints go to `errors`."""

        async def complain(error: Exception) -> None:
            self.errors.append(str(error))

        who: dict[str, Any] = {"user": user, "password": password} if password else {"nkeys_seed": str(self.seed(user))}
        prefix = f"_INBOX_{user}".encode()
        client = await nats.connect(
            self.url, name=f"{user}.test", inbox_prefix=prefix, error_cb=complain, max_reconnect_attempts=0, **who
        )
        try:
            yield client
        finally:
            await client.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def restart(self) -> None:
        """Stop it and start it on the same port with the same store."""
        self.stop()
        self.process = start(self.conf)


@contextmanager
def nats_server(
    home: Path,
    *,
    streams: bool = True,
    edge: tuple[str, ...] = (),
    soc: tuple[str, ...] = (),
    changes: dict[str, Any] | None = None,
) -> Iterator[Server]:
    """A server in `home` with every stream and consumer; `edge` users have their name as password."""
    conf = configure(home, home / "keys", 0)
    _change(conf, edge, soc, changes or {})
    server = Server(home, conf, start(conf))
    try:
        if streams:
            # In a thread of its own: the caller may be inside a running loop.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, apply(server.url, server.seed("provisioner"))).result()
        yield server
    finally:
        server.stop()


def _of_client(account: str, name: str) -> dict[str, Any]:
    """What auth's callout would give a business system, or an auditor."""
    given = outsider(account)
    kinds = {"publish": given.publish, "subscribe": given.subscribe}
    return {kind: {"allow": [each.format(client=name) for each in subjects]} for kind, subjects in kinds.items()}


def _change(conf: Path, edge: tuple[str, ...], soc: tuple[str, ...], changes: dict[str, Any]) -> None:
    wanted = json.loads(conf.read_text())
    for account, names in (("EDGE", edge), ("SOC", soc)):
        users = [{"user": n, "password": n, "permissions": _of_client(account.lower(), n)} for n in names]
        wanted["accounts"][account]["users"] = [*wanted["accounts"][account].get("users", ()), *users]
        wanted["authorization"]["auth_callout"]["auth_users"] += names
    for block, values in changes.items():
        wanted[block] = wanted.get(block, {}) | values if isinstance(values, dict) else values
    conf.write_text(json.dumps(wanted))


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Server]:
    with nats_server(tmp_path, edge=("crm", "hr")) as server:
        yield server
