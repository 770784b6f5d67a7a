"""A process from its first probe to its last answer: HTTP opens first and drains before the bus does."""

import asyncio
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn

from shared.app import Process, create_app
from shared.bus import Service
from shared.errors import NotReady
from shared.settings import Settings


class Server(uvicorn.Server):
    """Uvicorn without its own signal handling."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(services: Sequence[Service], settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; raises `NotReady` when something is missing."""
    process, stop = Process(services, settings), asyncio.Event()
    listening = listen(settings)
    server = Server(
        uvicorn.Config(
            create_app(process), lifespan="off", log_config=None, access_log=False, timeout_keep_alive=75,
            timeout_graceful_shutdown=int(settings.drain_seconds),
        )
    )  # fmt: skip
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
