"""Checks that the ports are free before anything is started."""

import asyncio
import socket
import time

from shared.errors import NotReady
from shared.settings import Settings

WAIT_SECONDS = 2.0  # a killed predecessor may take a moment to release the port


async def require_free_ports(settings: Settings) -> None:
    """`NotReady` if the HTTP port or the embedded bus's is in use; port 0 is always free."""
    await wait_until_free(settings.http_host, settings.http_port, "CLOISTER_HTTP_PORT")
    if not settings.nats_url:
        await wait_until_free("127.0.0.1", settings.nats_port, "CLOISTER_NATS_PORT")


async def wait_until_free(host: str, port: int, setting: str) -> None:
    """Wait up to two seconds for the port; then `NotReady`."""
    until = time.monotonic() + WAIT_SECONDS
    while problem := _problem(host, port):
        if time.monotonic() > until:
            raise NotReady(f"{port_in_use(port, setting)} ({host}:{port}: {problem})")
        await asyncio.sleep(0.05)


def port_in_use(port: int, setting: str) -> str:
    """The error message for a port in use."""
    return f"Another program holds port {port}. Set {setting} to a free port, or stop that program."


def _problem(host: str, port: int) -> str:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
