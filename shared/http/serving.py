"""Serves a process: HTTP opens first and drains before the bus does."""

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn

from shared.app import ServiceProcess, create_app
from shared.bus import Service
from shared.errors import NotReady
from shared.http.limits import LimitedProtocol
from shared.settings import Settings


class Server(uvicorn.Server):
    """Uvicorn without its own signal handling."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(services: Sequence[Service[Any]], settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; raises `NotReady` when something is missing."""
    more_files()
    process, stop = ServiceProcess(services, settings), asyncio.Event()
    listening = listen(settings)
    server = Server(
        uvicorn.Config(
            create_app(process),
            http=LimitedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=int(settings.drain_seconds),
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            limit_concurrency=settings.http_connections,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    living = asyncio.create_task(process.run(stop))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await asyncio.wait({living, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stop.set()
    if not process.started:
        living.cancel()
    with suppress(asyncio.CancelledError):
        await living


def more_files() -> None:
    """A connection is a file: as many as the system lets us have, not the 1,024 that a shell begins with."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def listen(settings: Settings) -> socket.socket:
    """The listening socket; port 0 takes a free one."""
    try:
        found = socket.create_server((settings.http_host, settings.http_port), backlog=2048, reuse_port=False)
    except OSError as error:
        where = f"{settings.http_host}:{settings.http_port}"
        raise NotReady(
            f"{where} cannot be listened on ({error.strerror}). Set CLOISTER_HTTP_PORT to a free port."
        ) from error
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found
