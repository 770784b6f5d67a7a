"""A bus connection that reconnects after a restart, a network failure, or an expired login."""

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
RENEW_AT = 0.7  # of a login's lifetime
OVERLAP_SECONDS = 5  # the old connection stays open this long for pending replies
Callback = Callable[[Msg], Awaitable[None]]
OnReconnect = Callable[[], Awaitable[None]]
Key = str | Callable[[], Awaitable[str]]


class BusConnection:
    """A connection for one name and key. `on_reconnect` runs after each reconnection. nats-py's own reconnecting gives
    up when a login expires (nats.py #1019), so each reconnection is a new connection with the same subscriptions.

    A login expires after minutes. At 70 % of its life a second connection is opened, and the first closes later:
    messages that arrive meanwhile are received twice, and none is lost. A key may be a function that fetches a token.
    """

    def __init__(
        self,
        url: str,
        name: str,
        key: Key,
        subscriptions: Mapping[str, Callback],
        on_reconnect: OnReconnect,
        ca: Path | str = "",
    ):
        self.url, self.name, self.last_error = url, name, ""
        self._closing: set[asyncio.Task[None]] = set()
        self._renew_after: float | None = None
        self._key, self._subscriptions, self._on_reconnect = key, subscriptions, on_reconnect
        self._ca = ca or os.environ.get("CLOISTER_NATS_CA", "")
        self._client: Client | None = None
        self._connected, self._closed = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and subscribe; `Refused` if that fails."""
        await self._connect()
        self._task = asyncio.create_task(self._keep_connected())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for closing in list(self._closing):
            closing.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        if self._client:
            await self._client.close()

    async def jetstream(self) -> JetStreamContext:
        """For acknowledged publishing; waits while disconnected."""
        await self._connected.wait()
        assert self._client is not None  # noqa: S101
        return self._client.jetstream()

    async def publish_unconfirmed(self, subject: str, body: bytes) -> None:
        """Publish if connected, without an acknowledgement."""
        if self._client and self._client.is_connected:
            await self._client.publish(subject, body)

    async def _connect(self) -> None:
        closed = asyncio.Event()

        async def on_close() -> None:
            closed.set()
            if closed is self._closed:
                self._connected.clear()

        try:
            self._client = await asyncio.wait_for(self._open_connection(on_close), CONNECT_SECONDS)
        except (Error, OSError, TimeoutError) as error:
            raise self._connect_error(error) from error
        self._renew_after = await _renewal_delay(self._client)
        self.last_error, self._closed = "", closed
        if not closed.is_set():
            self._connected.set()

    async def _open_connection(self, on_close: Callable[[], Awaitable[None]]) -> Client:
        key = self._key if isinstance(self._key, str) else await self._key()
        client = await nats.connect(
            self.url.split(","),
            user=self.name,
            password=key,
            name=f"{self.name}.client",
            inbox_prefix=f"_INBOX_{self.name}",
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=4,
            ping_interval=20,
            error_cb=self._on_error,
            closed_cb=on_close,
            **self._tls(),
        )
        for subject, callback in self._subscriptions.items():
            await client.subscribe(subject, cb=callback)
        await client.flush()
        return client

    def _tls(self) -> dict[str, Any]:
        """TLS from the first byte, if a CA is given or the address begins with tls://."""
        if not self._ca and not self.url.startswith("tls://"):
            return {}
        context = ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
        return {"tls": context, "tls_handshake_first": True}

    async def _keep_connected(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._renew_after):
                    await self._closed.wait()
            except TimeoutError:
                await self._renew()
            else:
                await self._reconnect()

    async def _renew(self) -> None:
        """Open a new connection beside this one; if that fails, this one stays."""
        older, closed = self._client, self._closed
        try:
            await self._connect()
        except Refused as refused:
            self.last_error = refused.error
            self._renew_after = None if closed.is_set() else LONGEST_PAUSE
            return
        if older and older is not self._client:
            closing = asyncio.create_task(_close_later(older))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _reconnect(self) -> None:
        pause = 0.05
        while self._closed.is_set():
            try:
                await self._connect()
            except Refused as refused:
                self.last_error = refused.error
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
                pause = min(pause * 2, LONGEST_PAUSE)
        await self._on_reconnect()

    async def _on_error(self, error: Exception) -> None:
        self.last_error = str(error) or type(error).__name__
        log.info("the bus reported: %s", self.last_error)

    def _connect_error(self, error: Exception) -> Refused:
        if isinstance(error, AuthorizationError) or "Authorization" in f"{error}{self.last_error}":
            words = f"The bus does not accept the name {self.name!r} with this key. Create one with `cloister keys add "
            return Refused("unauthenticated", f"{words}{self.name} --bus`, and check that Cloister is running.", 401)
        why = (self.last_error if isinstance(error, NoServersError) else str(error)) or "no answer"
        return Unreachable(f"The bus at {self.url} cannot be reached ({why}). Check the address and the port.")


async def _renewal_delay(client: Client) -> float | None:
    """Seconds until the login should be renewed; None if it does not expire or the server does not say."""
    try:
        info = json.loads((await client.request(WHO_AM_I, b"", timeout=2)).data)["data"]
    except (Error, OSError, TimeoutError, ValueError, KeyError):
        return None
    return float(info["expires"]) / 1e9 * RENEW_AT if info.get("expires") else None


async def _close_later(older: Client) -> None:
    try:
        await asyncio.sleep(OVERLAP_SECONDS)
    finally:
        await older.close()
