"""A fresh bus with its own home, keys and free port; the fixture is `bus`."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.nats.server import Process, configure, port_of, start
from shared.settings import Settings
from shared.streams import apply


@dataclass
class Server:
    """A running bus; `settings` is what a service needs to connect to it."""

    home: Path
    conf: Path
    process: Process

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{port_of(self.conf)}"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, nats_url=self.url, keys=self.keys)

    def seed(self, user: str) -> Path:
        return self.keys / "bus" / f"{user}.seed"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def restart(self) -> None:
        """Stop it and start it on the same port with the same store."""
        self.stop()
        self.process = start(self.conf)


@contextmanager
def nats_server(home: Path, *, streams: bool = True) -> Iterator[Server]:
    """A server in `home`, with every stream and consumer unless `streams` is false."""
    conf = configure(home, home / "keys", 0)
    server = Server(home, conf, start(conf))
    try:
        if streams:
            # In a thread of its own: the caller may be inside a running loop.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, apply(server.url, server.seed("provisioner"))).result()
        yield server
    finally:
        server.stop()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Server]:
    with nats_server(tmp_path) as server:
        yield server
