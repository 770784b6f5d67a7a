"""When another program holds a port of ours, the first words say so and what to set."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from infra.bus import start_bus
from infra.nats.server import free_port
from infra.ports import require_free_ports
from shared.errors import NotReady
from shared.settings import Settings, environment
from tests.servers.bus import Server, bus

__all__ = ["bus"]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which a program listens that says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("name", ["http_port", "nats_port"])
def test_the_first_words_name_the_port_and_the_setting(name: str, taken: int, tmp_path: Path) -> None:
    ports = {"http_port": free_port(), "nats_port": free_port()} | {name: taken}
    run = subprocess.run(
        [sys.executable, "-m", "infra.supervisor"],
        env=environment(home=tmp_path, sample=0, nats_url="", **ports),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    setting = f"CLOISTER_{name.upper()}"
    assert run.returncode == 78
    first = f"cloister: Another program holds port {taken}. Set {setting} to a free port, or stop that program."
    assert run.stderr.startswith(first)
    assert run.stdout == ""


async def test_another_bus_on_the_port_is_not_taken_for_ours(bus: Server, tmp_path: Path) -> None:
    here = Settings(home=tmp_path / "mine", nats_port=bus.port, nats_url="")
    here.home.mkdir()
    with pytest.raises(NotReady, match="Another program holds port"):
        await start_bus(here)


async def test_free_ports_and_no_port_at_all_are_fine(tmp_path: Path) -> None:
    await require_free_ports(Settings(home=tmp_path, http_port=0, nats_port=free_port(), nats_url=""))


async def test_a_bus_elsewhere_needs_no_port_here(taken: int, tmp_path: Path) -> None:
    await require_free_ports(Settings(home=tmp_path, http_port=0, nats_port=taken, nats_url="nats://elsewhere:4222"))
