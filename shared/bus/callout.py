"""The connection that answers the server's auth callout. It can do nothing else."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import nats
from nats.aio.msg import Msg

from shared.bus.connection import seed_of, settled
from shared.settings import Settings
from shared.streams.tls import options_of

log = logging.getLogger(__name__)
SUBJECT = "$SYS.REQ.USER.AUTH"
Answer = Callable[[bytes, dict[str, str]], Awaitable[bytes]]


@asynccontextmanager
async def answering(answer: Answer, settings: Settings) -> AsyncIterator[None]:
    """Reply to the server's questions with what `answer(sealed request, headers)` returns; silence means refused."""

    running: set[asyncio.Task[None]] = set()

    async def begin(message: Msg) -> None:
        # A task each: when all clients come back at once, none may wait for the password of another.
        task = asyncio.create_task(reply(message))
        running.add(task)
        task.add_done_callback(running.discard)

    async def reply(message: Msg) -> None:
        try:
            await message.respond(await answer(message.data, dict(message.headers or {})))
        except Exception:  # without a reply the server refuses the connection
            log.exception("the auth callout could not answer; the server refuses the connection")

    connection = await nats.connect(
        settings.bus_url,
        name="auth.callout",
        nkeys_seed_str=seed_of(settings, "callout"),
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        ping_interval=10,
        error_cb=_report,
        **options_of(settings),
    )
    await connection.subscribe(SUBJECT, queue="auth", cb=begin)
    await settled(connection)
    try:
        yield
    finally:
        await connection.close()


async def _report(error: Exception) -> None:
    """The library's own way is a traceback each second for as long as the bus is away."""
    log.warning("the auth callout has trouble with the bus: %r", error)
