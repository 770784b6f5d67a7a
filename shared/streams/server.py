"""What every service demands of the bus: a version without known holes, and a disk write before each acknowledgement."""

import json
import re
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.errors import NotReady

OLDEST = (2, 14, 3)  # before it: permission and account holes, secnote-2026-16, -18, -26
VARZ = "bus.varz"  # imported from SYS; says how the server is configured


async def check(client: Client) -> None:
    """Raise `NotReady`, in words, unless this connection's server can be trusted with an acknowledgement."""
    version = str(client.connected_server_version)
    if tuple(map(int, re.findall(r"\d+", version)[:3])) < OLDEST:
        raise NotReady(f"The bus runs nats-server {version}, which has known holes. Use {'.'.join(map(str, OLDEST))} or newer.")
    if not (await _settings(client)).get("sync_always"):
        raise NotReady(
            "The bus acknowledges messages before they are on the disk. "
            "Set `sync_interval: always` in its jetstream block and start it again; `python -m infra.nats` prints a whole configuration."
        )


async def _settings(client: Client) -> dict[str, Any]:
    try:
        reply = await client.request(VARZ, b"{}", timeout=2)
    except nats.errors.Error as error:
        raise NotReady(
            f"The bus does not say on {VARZ} how it is configured ({type(error).__name__}). Use the configuration of `python -m infra.nats`."
        ) from error
    settings: dict[str, Any] = json.loads(reply.data).get("data", {}).get("jetstream", {}).get("config", {})
    return settings
