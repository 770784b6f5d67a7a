"""A whole Cloister on an empty home, for measuring from outside: real processes, real bus, real durability."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PASSWORD = "a password for measuring"  # noqa: S105
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class System:
    """A running system: its address, its home, an administrator's token."""

    base: str
    home: Path
    nats_url: str
    token: str = ""
    ready_seconds: float = 0.0
    ca: Path | None = None

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=120, headers={"Authorization": f"Bearer {self.token}"})

    def cpu_seconds(self) -> dict[str, float]:
        """CPU used so far by each process of the system."""
        used = {}
        for path in (self.home / "run").glob("*.pid"):
            fields = Path(f"/proc/{path.read_text()}/stat").read_text().rpartition(")")[2].split()
            used[path.stem] = (int(fields[11]) + int(fields[12])) / TICKS
        return used


@contextmanager
def system(*, each: bool = False, below: str | None = None, **settings: str) -> Iterator[System]:
    """Started on free ports with `settings` as CLOISTER_…; stopped and removed afterwards, with its home `below`."""
    with tempfile.TemporaryDirectory(prefix="cloister-bench-", dir=below) as folder:
        found = System(
            f"http://127.0.0.1:{(http := int(settings.pop('http_port', 0)) or free_port())}",
            Path(folder),
            f"nats://127.0.0.1:{(nats := free_port())}",
        )
        values = {
            "home": folder,
            "http_port": http,
            "nats_port": nats,
            "sample": 0,
            "admin_password": PASSWORD,
        } | settings
        environment = os.environ | {f"CLOISTER_{name.upper()}": str(value) for name, value in values.items()}
        command = [sys.executable, "-m", "infra.supervisor", *(["--each"] if each else [])]
        began = time.perf_counter()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                _await_ready(process)
                found.ready_seconds = time.perf_counter() - began
                found.token = _sign_in(found.base)
                yield found
            finally:
                process.terminate()


def _await_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if re.match(r"ready http", line):
            return
    raise RuntimeError("the system did not get ready")


def _sign_in(base: str) -> str:
    reply = httpx.post(f"{base}/api/login", json={"username": "admin", "password": PASSWORD})
    return str(json.loads(reply.raise_for_status().content)["access_token"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
