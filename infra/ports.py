"""A port in, a plain word out when another program holds it: said before anything is started."""

import asyncio
import socket
import time

from shared.errors import NotReady
from shared.settings import Settings

PATIENCE = 2.0  # seconds: those who were here before, and were killed, may still be leaving


async def ours(here: Settings) -> None:
    """`NotReady` when the HTTP port or the embedded bus's is taken; port 0 is always free."""
    await free(here.http_host, here.http_port, "CLOISTER_HTTP_PORT")
    if not here.nats_url:
        await free("127.0.0.1", here.nats_port, "CLOISTER_NATS_PORT")


async def free(host: str, port: int, setting: str) -> None:
    """Waits a moment for the port, then says who should do what."""
    until = time.monotonic() + PATIENCE
    while problem := _problem(host, port):
        if time.monotonic() > until:
            raise NotReady(f"{held(port, setting)} ({host}:{port}: {problem})")
        await asyncio.sleep(0.05)


def held(port: int, setting: str) -> str:
    """The words for a port that somebody else has."""
    return f"Another program holds port {port}. Set {setting} to a free port, or stop that program."


def _problem(host: str, port: int) -> str:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
