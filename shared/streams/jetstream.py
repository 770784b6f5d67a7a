"""The JetStream API calls that provisioning needs."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client

from shared.errors import NotReady
from shared.settings import settings
from shared.streams.tls import options_of

UNKNOWN = (10059, 10014)  # stream, consumer not found


class Jetstream:
    """A connection that may create streams and consumers."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, what: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """The reply, or None when what it is about does not exist."""
        try:
            message = await self.client.request(f"$JS.API.{what}", json.dumps(body or {}).encode(), timeout=5)
        except nats.errors.Error as error:
            raise NotReady(f"The bus does not answer {what} ({error or type(error).__name__}).") from error
        reply: dict[str, Any] = json.loads(message.data)
        if reply.get("error", {}).get("err_code") in UNKNOWN:
            return None
        if "error" in reply:
            raise NotReady(f"The bus refuses {what}: {reply['error']['description']}.")
        return reply

    async def durables(self, stream: str) -> set[str]:
        """The names of a stream's consumers."""
        reply = await self.call(f"CONSUMER.NAMES.{stream}")
        return set((reply or {}).get("consumers") or ())


@asynccontextmanager
async def connected(url: str, credentials: Path) -> AsyncIterator[Jetstream]:
    """A connection as the user of that seed file."""
    client = await _connect(url, credentials)
    try:
        yield Jetstream(client)
    finally:
        await client.close()


async def _connect(url: str, seed: Path) -> Client:
    options: dict[str, Any] = {"allow_reconnect": False, "connect_timeout": 5, "error_cb": _quiet}
    options |= options_of(settings())
    try:
        return await nats.connect(
            url, name="provisioner", nkeys_seed=str(seed), inbox_prefix=b"_INBOX_provisioner", **options
        )
    except FileNotFoundError as error:
        raise NotReady(f"There is no key at {seed}. Run `python -m infra.nats`, which makes it.") from error
    except (OSError, nats.errors.NoServersError) as error:
        raise NotReady(f"No bus answers at {url} ({error}). Start it, or set CLOISTER_NATS_URL.") from error
    except nats.errors.Error as error:
        remedy = "It must run with the configuration that `python -m infra.nats` prints for this home"
        raise NotReady(f"The bus at {url} does not accept {seed} ({error}). {remedy}.") from error


async def _quiet(_: Exception) -> None:
    """What goes wrong is raised by the call; the client need not print it too."""
