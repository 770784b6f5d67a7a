"""Reads the security team's mirror of the audit log over NATS, from any number or time on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from client.audit.bundle import Bundle, from_message
from client.sdk.errors import Refused, Unreachable

GET = "$JS.API.DIRECT.GET.AUDIT_MIRROR"
BATCH = 500
POLL_SECONDS = 0.5
QUIET_SECONDS = 10.0


class Mirror:
    """Needs the rights of an auditor in account SOC. Creates no consumer and changes nothing."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def replay(self, after: int = 0, since: datetime | None = None) -> AsyncIterator[tuple[int, Bundle]]:
        """Each bundle with its number in the stream, after a number or from a time on, up to now."""
        wanted: dict[str, Any] = {"batch": BATCH}
        if since:
            wanted["start_time"] = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        else:
            wanted["seq"] = after + 1
        while True:
            last = 0
            async for message in self._request(wanted):
                last = int((message.headers or {})["Nats-Sequence"])
                yield last, from_message(message.headers or {}, message.data)
            if not last:
                return
            wanted = {"batch": BATCH, "seq": last + 1}

    async def follow(self, after: int = 0, since: datetime | None = None) -> AsyncIterator[Bundle]:
        """Bundles as they are written, without end."""
        while True:
            async for number, bundle in self.replay(after, since):
                after, since = number, None
                yield bundle
            await asyncio.sleep(POLL_SECONDS)

    async def _request(self, wanted: dict[str, Any]) -> AsyncIterator[Msg]:
        """The messages of one batch; a status message ends it."""
        inbox = self._client.new_inbox()
        replies = await self._client.subscribe(inbox)
        try:
            await self._client.publish(GET, json.dumps(wanted).encode(), reply=inbox)
            while True:
                message = await replies.next_msg(timeout=QUIET_SECONDS)
                headers = message.headers or {}
                if (status := headers.get("Status", "")) in ("204", "404"):
                    return
                if status:
                    raise Refused("failed", f"The mirror refuses: {status} {headers.get('Description')}.")
                yield message
        except nats.errors.TimeoutError as error:
            raise Unreachable(
                "The mirror does not answer. Check that the account is SOC and that its stream exists."
            ) from error
        finally:
            await replies.unsubscribe()


@asynccontextmanager
async def connected(url: str, user: str, password: str) -> AsyncIterator[Mirror]:
    """Connect as a user with the role auditor."""
    try:
        async with asyncio.timeout(QUIET_SECONDS):  # the client itself tries for ever
            client = await nats.connect(
                url,
                user=user,
                password=password,
                name="audit",
                inbox_prefix=f"_INBOX_{user}".encode(),
                connect_timeout=5,
                max_reconnect_attempts=-1,
                allow_reconnect=True,
                error_cb=_quiet,
            )
    except (OSError, nats.errors.Error) as error:
        why = str(error) or "no answer"
        words = f"The bus at {url} does not take {user!r} ({why}). It takes users with the role auditor."
        raise Unreachable(words) from error
    try:
        yield Mirror(client)
    finally:
        await client.close()


async def _quiet(_: Exception) -> None:
    """Ignore background errors; the calls raise their own."""
