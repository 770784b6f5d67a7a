"""Everything on one machine: the embedded bus, its streams, and the services in one process or in one each."""

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
from infra.keycloak.local import start_keycloak
from infra.nats.keys import make
from infra.ports import ours
from infra.processes import Child
from infra.sources import watching
from shared.errors import NotReady
from shared.registry import services
from shared.security.privacy import keep_private, mend
from shared.settings import Settings, environment, settings

SERVICES = tuple(services())
READY_SECONDS = 120
GRACE_SECONDS = 20


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


async def supervise(here: Settings, *, each: bool, keycloak: bool = False) -> int:
    """Start, watch and end all of it."""
    fresh = not (here.home / "auth.db").exists() and not here.database_url
    for path in mend(here.home)[:1]:
        print(f"{path} belongs to somebody else, and others may read it: chown it to this user.", file=sys.stderr)
    make(here.keys_dir)
    sources = watching(here)
    await ours(here)
    bus = await start_bus(here)
    bus += [await start_keycloak(here)] if keycloak else []
    children = [_child(here, names) for names in ([[name] for name in SERVICES] if each else [list(SERVICES)])]
    keeping: list[asyncio.Task[None]] = []
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        for child in [*children, *sources]:
            await child.start()
        keeping += [asyncio.create_task(child.keep()) for child in [*bus, *children, *sources]]
        opening = asyncio.create_task(_open(here, children, fresh))
        await _until(stop, keeping, opening)
    finally:
        await end(keeping, [*sources, *children], bus)
    return 0


def _child(here: Settings, names: Sequence[str]) -> Child:
    port = here.http_port if "gateway" in names else _free_port()
    name = names[0] if len(names) == 1 else "cloister"
    command = [sys.executable, "-m", "services", *names]
    given = dict(environment(home=here.home, http_port=port))
    if "auth" not in names:
        for secret in ("CLOISTER_ADMIN_PASSWORD", "CLOISTER_ADMIN_PASSWORD_FILE"):
            given.pop(secret, None)
    return Child(name, command, here.home, given, port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _open(here: Settings, children: Sequence[Child], fresh: bool) -> None:
    """Wait until all are ready, say so, and give a first home its sample company."""
    began = time.monotonic()
    async with httpx.AsyncClient(timeout=5) as http:
        for child in children:
            await _ready(http, f"http://{here.http_host}:{child.port}/readyz", child, began)
    if fresh:
        _say_password(here)
    print(f"ready http://{here.http_host}:{here.http_port}", flush=True)
    if fresh and os.environ.get("CLOISTER_SAMPLE", "1") != "0":
        url = f"http://{here.http_host}:{here.http_port}"
        sample = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "client.cli.sample", env=environment(url=url, home=here.home)
        )
        await sample.wait()


async def _ready(http: httpx.AsyncClient, url: str, child: Child, began: float) -> None:
    problems = "no answer"
    while time.monotonic() < began + READY_SECONDS:
        with suppress(httpx.HTTPError, ValueError):
            reply = await http.get(url)
            if reply.status_code == 200:
                return
            problems = "; ".join(f"{name}: {why}" for name, why in reply.json()["problems"].items())
        await asyncio.sleep(0.05)
    raise NotReady(f"{child.name} was not ready within {READY_SECONDS} s ({problems}). Its log is {child.log}.")


def _say_password(here: Settings) -> None:
    path = here.home / "admin-password"
    if path.exists():
        print(f"The user `admin` has the password {path.read_text().strip()} (also in {path}).", flush=True)


async def _until(stop: asyncio.Event, keeping: Sequence[asyncio.Task[None]], opening: asyncio.Task[None]) -> None:
    """Return when asked to stop; raise when something cannot go on."""
    stopping = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Task[Any]] = {stopping, opening, *keeping}
    while not stop.is_set():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    opening.cancel()


async def end(keeping: Sequence[asyncio.Task[None]], children: Sequence[Child], bus: Sequence[Child]) -> None:
    """Services first, so that they can give back what they hold; the bus last."""
    for task in keeping:
        task.cancel()
    await asyncio.gather(*(child.end(GRACE_SECONDS) for child in children))
    await asyncio.gather(*(child.end(5) for child in bus))


if __name__ == "__main__":
    sys.exit(main())
