"""Starts the embedded bus as a child process, and applies the streams."""

import asyncio
import json
import time
from collections.abc import Sequence

from infra.nats.log_lines import as_json
from infra.nats.server import binary, configure
from infra.ports import port_in_use
from infra.processes import ChildProcess
from shared.errors import NotReady
from shared.settings import Settings
from shared.streams import apply

BUS_SECONDS = 20


async def start_bus(settings: Settings) -> list[ChildProcess]:
    """Start the embedded bus, unless CLOISTER_NATS_URL names another, and apply the streams."""
    children: list[ChildProcess] = []
    if not settings.nats_url:
        command = [binary(), "-c", str(configure(settings.home, settings.keys_dir, settings.nats_port))]
        children.append(ChildProcess("nats", command, settings.home, transform=as_json))
        await children[0].start()
    try:
        await _apply_streams(settings, children)
    except NotReady:
        await asyncio.gather(*(child.stop(5) for child in children))
        raise
    return children


async def _apply_streams(settings: Settings, bus: Sequence[ChildProcess]) -> None:
    """Apply the streams once the bus answers. Checks first that the child is alive: another server may answer."""
    began = time.monotonic()
    while True:
        problem = await _apply(settings)
        if any([await child.has_exited() for child in bus]):
            raise NotReady(_exit_message(settings, bus[0]))
        if problem is None:
            return
        if time.monotonic() > began + BUS_SECONDS:
            raise NotReady(f"{problem} {_log_tail(bus[0]) if bus else ''}".strip()) from problem
        await asyncio.sleep(0.02)


async def _apply(settings: Settings) -> NotReady | None:
    try:
        await apply(settings.bus_url, settings.keys_dir / "bus" / "provisioner.seed")
    except NotReady as problem:
        return problem
    return None


def _exit_message(settings: Settings, child: ChildProcess) -> str:
    words = _log_tail(child)
    if "address already in use" in words:
        return port_in_use(settings.nats_port, "CLOISTER_NATS_PORT")
    return f"The bus exited at once. The end of its log {child.log}: {words}"


def _log_tail(child: ChildProcess) -> str:
    """The messages of its last lines."""
    output = child.log.read_text(errors="replace").splitlines()[-5:]
    return " ".join(json.loads(line)["message"] for line in output if line.startswith("{"))[-500:]
