"""Requirements of a bus: a safe version, and a disk write before each acknowledgement."""

import json
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.errors import NotReady, Unavailable
from shared.events.bus_version import oldest, too_old

VARZ = "bus.varz"  # imported from SYS; says how the server is configured
LIST, CLOSE = "bus.connections", "bus.close"  # of connections; imported from SYS, too
REMEDY = "`python -m infra.nats` prints a configuration that does"


async def check(client: Client) -> None:
    """Raise `NotReady`, in words, when this server's acknowledgement cannot be trusted; `Unavailable` when silent."""
    version = str(client.connected_server_version)
    if too_old(version):
        raise NotReady(f"The bus runs nats-server {version}, which has known holes. Use {oldest()} or newer.")
    if not (await _jetstream(client)).get("sync_always"):
        raise NotReady(f"The bus acknowledges before it writes to the disk. Set `sync_interval: always` ({REMEDY}).")


async def _jetstream(client: Client) -> dict[str, Any]:
    try:
        reply = await client.request(VARZ, b"{}", timeout=2)
    except nats.errors.NoRespondersError as error:
        raise NotReady(f"The bus does not say on {VARZ} how it is configured ({REMEDY}).") from error
    except nats.errors.Error as error:
        raise Unavailable("The bus does not answer now.") from error
    found: dict[str, Any] = json.loads(reply.data).get("data", {}).get("jetstream", {}).get("config", {})
    return found
