"""A bus connection that comes back: after a restart, a network cut, or when the server ends a login that ran out."""

import asyncio
import json
import logging
import os
import random
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import AuthorizationError, Error, NoServersError
from nats.js import JetStreamContext

from client.sdk.errors import Refused, Unreachable

log = logging.getLogger(__name__)
CONNECT_SECONDS = 8
LONGEST_PAUSE = 2
WHO_AM_I = "$SYS.REQ.USER.INFO"
RENEW_AT = 0.7  # of a login's life
OVERLAP_SECONDS = 5  # the older connection goes on as long, for what it has asked and what is on its way
Hear = Callable[[Msg], Awaitable[None]]
Key = str | Callable[[], Awaitable[str]]


class Line:
    """One name and key on the bus. `back` runs after each return. nats-py's own reconnecting gives up when a login
    expires (nats.py #1019), so each return is a new connection with the same subscriptions.

    A login ends after minutes. At 70 % of its life a second connection is made beside the first, which then leaves:
    what comes meanwhile comes twice, and is never lost. A key may be a function that fetches a fresh token.
    """

    def __init__(
        self, url: str, name: str, key: Key, ears: Mapping[str, Hear], back: Callable[[], Awaitable[None]],
        ca: Path | str = "",
    ):  # fmt: skip
        self.url, self.name, self.trouble = url, name, ""
        self._leaving: set[asyncio.Task[None]] = set()
        self._renew_in: float | None = None
        self._key, self._ears, self._back = key, ears, back
        self._ca = ca or os.environ.get("CLOISTER_NATS_CA", "")
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
        for leaving in list(self._leaving):
            leaving.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
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
        self._renew_in = await _life(self._client)
        self.trouble, self._closed = "", closed
        if not closed.is_set():
            self._up.set()

    async def _connection(self, fell: Callable[[], Awaitable[None]]) -> Client:
        key = self._key if isinstance(self._key, str) else await self._key()
        client = await nats.connect(
            self.url.split(","),
            user=self.name, password=key, name=f"{self.name}.client", inbox_prefix=f"_INBOX_{self.name}",
            allow_reconnect=False, max_reconnect_attempts=1, reconnect_time_wait=0, connect_timeout=4,
            ping_interval=20, error_cb=self._complain, closed_cb=fell,
            **self._tls(),
        )  # fmt: skip
        for subject, hear in self._ears.items():
            await client.subscribe(subject, cb=hear)
        await client.flush()
        return client

    def _tls(self) -> dict[str, Any]:
        """TLS from the first byte, where an authority is named or the address begins with tls://."""
        if not self._ca and not self.url.startswith("tls://"):
            return {}
        context = ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
        return {"tls": context, "tls_handshake_first": True}

    async def _keep(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._renew_in):
                    await self._closed.wait()
            except TimeoutError:
                await self._renew()
            else:
                await self._return()

    async def _renew(self) -> None:
        """A newer connection beside this one; while there is none, this one goes on."""
        older, closed = self._client, self._closed
        try:
            await self._connect()
        except Refused as refused:
            self.trouble = refused.error
            self._renew_in = None if closed.is_set() else LONGEST_PAUSE
            return
        if older and older is not self._client:
            leaving = asyncio.create_task(_leave(older))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _return(self) -> None:
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


async def _life(client: Client) -> float | None:
    """Seconds until the login should be renewed, or None when it does not end or is not told."""
    try:
        told = json.loads((await client.request(WHO_AM_I, b"", timeout=2)).data)["data"]
    except (Error, OSError, TimeoutError, ValueError, KeyError):
        return None
    return float(told["expires"]) / 1e9 * RENEW_AT if told.get("expires") else None


async def _leave(older: Client) -> None:
    try:
        await asyncio.sleep(OVERLAP_SECONDS)
    finally:
        await older.close()
