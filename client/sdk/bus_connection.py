"""A bus connection that comes back: after a restart, a network cut, or when the server ends a login that ran out."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import AuthorizationError, Error, NoServersError
from nats.js import JetStreamContext

from client.sdk.errors import Refused, Unreachable

log = logging.getLogger(__name__)
CONNECT_SECONDS = 8
LONGEST_PAUSE = 2
Hear = Callable[[Msg], Awaitable[None]]


class Line:
    """One name and key on the bus. `back` runs after each return. nats-py's own reconnecting gives up when a login
    expires (nats.py #1019), so each return is a new connection with the same subscriptions."""

    def __init__(self, url: str, name: str, key: str, ears: Mapping[str, Hear], back: Callable[[], Awaitable[None]]):
        self.url, self.name, self.trouble = url, name, ""
        self._key, self._ears, self._back = key, ears, back
        self._client: Client | None = None
        self._up, self._closed = asyncio.Event(), asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connected and listening when this returns; `Refused` in words when it cannot be."""
        await self._connect()
        self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._client:
            await self._client.close()

    async def jetstream(self) -> JetStreamContext:
        """To publish with an acknowledgement; waits while the line is down."""
        await self._up.wait()
        assert self._client is not None  # noqa: S101
        return self._client.jetstream()

    async def say(self, subject: str, body: bytes) -> None:
        """Published if the line is up; nothing is kept."""
        if self._client and self._client.is_connected:
            await self._client.publish(subject, body)

    async def _connect(self) -> None:
        closed = asyncio.Event()

        async def fell() -> None:
            closed.set()
            if closed is self._closed:
                self._up.clear()

        try:
            self._client = await asyncio.wait_for(self._connection(fell), CONNECT_SECONDS)
        except (Error, OSError, TimeoutError) as error:
            raise self._words(error) from error
        self.trouble, self._closed = "", closed
        if not closed.is_set():
            self._up.set()

    async def _connection(self, fell: Callable[[], Awaitable[None]]) -> Client:
        client = await nats.connect(
            self.url.split(","),
            user=self.name, password=self._key, name=f"{self.name}.client", inbox_prefix=f"_INBOX_{self.name}",
            allow_reconnect=False, max_reconnect_attempts=1, reconnect_time_wait=0, connect_timeout=4,
            ping_interval=20, error_cb=self._complain, closed_cb=fell,
        )  # fmt: skip
        for subject, hear in self._ears.items():
            await client.subscribe(subject, cb=hear)
        await client.flush()
        return client

    async def _keep(self) -> None:
        while True:
            await self._closed.wait()
            pause = 0.05
            while self._closed.is_set():
                try:
                    await self._connect()
                except Refused as refused:
                    self.trouble = refused.error
                    await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
                    pause = min(pause * 2, LONGEST_PAUSE)
            await self._back()

    async def _complain(self, error: Exception) -> None:
        self.trouble = str(error) or type(error).__name__
        log.info("the bus said: %s", self.trouble)

    def _words(self, error: Exception) -> Refused:
        if isinstance(error, AuthorizationError) or "Authorization" in f"{error}{self.trouble}":
            words = f"The bus does not take the name {self.name!r} with this key. Make one with `cloister keys add "
            return Refused("unauthenticated", f"{words}{self.name} --bus`, and check that Cloister is running.", 401)
        why = (self.trouble if isinstance(error, NoServersError) else str(error)) or "no answer"
        return Unreachable(f"The bus at {self.url} cannot be reached ({why}). Check the address and the port.")
