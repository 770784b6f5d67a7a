"""Runs Cloister on one machine: the embedded bus, its streams, and the services in one process or in one each."""

import argparse
import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import httpx

from infra.bus import start_bus
from infra.home import require_home
from infra.nats.keys import create_keys
from infra.ports import require_free_ports
from infra.processes import ChildProcess
from infra.sources import source_watcher
from shared.errors import NotReady
from shared.registry import services
from shared.security.privacy import keep_private
from shared.settings import Settings, environment, settings

SERVICES = tuple(services())
READY_SECONDS = 120
GRACE_SECONDS = 20
Task = asyncio.Task[None]


def main() -> int:
    """`python -m infra.supervisor [--each]`: prints `ready http://HOST:PORT`, ends on SIGTERM or ^C."""
    keep_private()
    parser = argparse.ArgumentParser(prog="cloister up", description=__doc__)
    parser.add_argument("--each", action="store_true", help="one process for each service, started again when it dies")
    parser.add_argument("--keycloak", action="store_true", help="with a Keycloak that has the sample company's people")
    given = parser.parse_args()
    try:
        return asyncio.run(supervise(settings(), each=given.each, keycloak=given.keycloak))
    except NotReady as error:
        print(f"cloister: {error}", file=sys.stderr)
        return 78
    except KeyboardInterrupt:
        return 130


async def supervise(settings: Settings, *, each: bool, keycloak: bool = False) -> int:
    """Start everything, restart what dies, and stop everything at the end."""
    fresh = not (settings.home / "auth.db").exists() and not settings.database_url
    require_home(settings.home)
    create_keys(settings.keys_dir)
    sources = source_watcher(settings)
    await require_free_ports(settings)
    bus = await start_bus(settings)
    bus += [await _keycloak(settings)] if keycloak else []
    groups = [[name] for name in SERVICES] if each else [list(SERVICES)]
    children = [_service_process(settings, names) for names in groups]
    tasks: list[Task] = []
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        for child in [*children, *sources]:
            await child.start()
        tasks += [asyncio.create_task(child.keep_running()) for child in [*bus, *children, *sources]]
        announcing = asyncio.create_task(_announce(settings, children, fresh))
        await _wait_until(stop, tasks, announcing)
    finally:
        await stop_all(tasks, [*sources, *children], bus)
    return 0


async def _keycloak(settings: Settings) -> ChildProcess:
    # What it imports takes as long as all the rest here.
    from infra.keycloak.local import start_keycloak

    return await start_keycloak(settings)


def _service_process(settings: Settings, names: Sequence[str]) -> ChildProcess:
    port = settings.http_port if "gateway" in names else _free_port()
    name = names[0] if len(names) == 1 else "cloister"
    command = [sys.executable, "-m", "services", *names]
    given = dict(environment(home=settings.home, http_port=port))
    if "auth" not in names:
        for secret in ("CLOISTER_ADMIN_PASSWORD", "CLOISTER_ADMIN_PASSWORD_FILE"):
            given.pop(secret, None)
    return ChildProcess(name, command, settings.home, given, port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _announce(settings: Settings, children: Sequence[ChildProcess], fresh: bool) -> None:
    """Wait until all are ready, print so, and load the sample company into a new home."""
    began = time.monotonic()
    async with httpx.AsyncClient(timeout=5) as http:
        for child in children:
            await _ready(http, f"http://{settings.http_host}:{child.port}/readyz", child, began)
    if fresh:
        _print_password(settings)
    print(f"ready http://{settings.http_host}:{settings.http_port}", flush=True)
    if fresh and os.environ.get("CLOISTER_SAMPLE", "1") != "0":
        url = f"http://{settings.http_host}:{settings.http_port}"
        sample = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "client.cli.sample", env=environment(url=url, home=settings.home)
        )
        await sample.wait()


async def _ready(http: httpx.AsyncClient, url: str, child: ChildProcess, began: float) -> None:
    problems = "no answer"
    while time.monotonic() < began + READY_SECONDS:
        with suppress(httpx.HTTPError, ValueError):
            reply = await http.get(url)
            if reply.status_code == 200:
                return
            problems = "; ".join(f"{name}: {why}" for name, why in reply.json()["problems"].items())
        await asyncio.sleep(0.05)
    raise NotReady(f"{child.name} was not ready within {READY_SECONDS} s ({problems}). Its log is {child.log}.")


def _print_password(settings: Settings) -> None:
    path = settings.home / "admin-password"
    if path.exists():
        print(f"The user `admin` has the password {path.read_text().strip()} (also in {path}).", flush=True)


async def _wait_until(stop: asyncio.Event, tasks: Sequence[Task], announcing: asyncio.Task[None]) -> None:
    """Return when asked to stop; raise if a process cannot continue."""
    stopping = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Task[Any]] = {stopping, announcing, *tasks}
    while not stop.is_set():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    announcing.cancel()


async def stop_all(tasks: Sequence[Task], children: Sequence[ChildProcess], bus: Sequence[ChildProcess]) -> None:
    """Stop the services first, so that they can return their messages; the bus last."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*(child.stop(GRACE_SECONDS) for child in children))
    await asyncio.gather(*(child.stop(5) for child in bus))


if __name__ == "__main__":
    sys.exit(main())
