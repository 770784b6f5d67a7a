"""The embedded bus as a child of the supervisor, and its streams as declared."""

import asyncio
import json
import time
from collections.abc import Sequence

from infra.nats.log_lines import as_json
from infra.nats.server import binary, configure
from infra.ports import held
from infra.processes import Child
from shared.errors import NotReady
from shared.settings import Settings
from shared.streams import apply

BUS_SECONDS = 20


async def start_bus(here: Settings) -> list[Child]:
    """The embedded bus, unless CLOISTER_NATS_URL names another; either way its streams are there afterwards."""
    children: list[Child] = []
    if not here.nats_url:
        command = [binary(), "-c", str(configure(here.home, here.keys_dir, here.nats_port))]
        children.append(Child("nats", command, here.home, written=as_json))
        await children[0].start()
    try:
        await _applied(here, children)
    except NotReady:
        await asyncio.gather(*(child.end(5) for child in children))
        raise
    return children


async def _applied(here: Settings, bus: Sequence[Child]) -> None:
    """Streams as declared, as soon as the bus answers. A dead child is heard first: another may answer for it."""
    began = time.monotonic()
    while True:
        problem = await _apply(here)
        if any([await child.ended() for child in bus]):
            raise NotReady(_ended(here, bus[0]))
        if problem is None:
            return
        if time.monotonic() > began + BUS_SECONDS:
            raise NotReady(f"{problem} {_words(bus[0]) if bus else ''}".strip()) from problem
        await asyncio.sleep(0.02)


async def _apply(here: Settings) -> NotReady | None:
    try:
        await apply(here.bus_url, here.keys_dir / "bus" / "provisioner.seed")
    except NotReady as problem:
        return problem
    return None


def _ended(here: Settings, child: Child) -> str:
    words = _words(child)
    if "address already in use" in words:
        return held(here.nats_port, "CLOISTER_NATS_PORT")
    return f"The bus ended at once. Its log {child.log} says: {words}"


def _words(child: Child) -> str:
    """The messages of its last lines."""
    said = child.log.read_text(errors="replace").splitlines()[-5:]
    return " ".join(json.loads(line)["message"] for line in said if line.startswith("{"))[-500:]
