"""Lists and closes connections from outside through the server's monitoring, for auth alone."""

import asyncio
import json
from dataclasses import dataclass

import nats.errors
from nats.aio.client import Client

from shared.errors import Unavailable
from shared.streams.server import CLOSE, LIST

MOST = 10_000
FIRST_SECONDS, OTHERS_SECONDS = 2.0, 0.1  # for the first server's reply, and for another one of the cluster


@dataclass(frozen=True, slots=True)
class Connection:
    """`user` as the server has checked it."""

    server: str
    number: int
    user: str


async def listed(client: Client, account: str) -> list[Connection]:
    """All connections of an account, on every server of the cluster."""
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    wanted = json.dumps({"auth": True, "acc": account, "limit": MOST}).encode()
    found, patience = list[Connection](), FIRST_SECONDS
    try:
        await client.publish(LIST, wanted, reply=inbox)
        while True:
            message = await subscription.next_msg(timeout=patience)
            patience = OTHERS_SECONDS
            found += _connections(message.data)
    except nats.errors.TimeoutError as silent:
        if patience == FIRST_SECONDS:
            raise Unavailable("The bus does not tell who is connected. Try again in a few seconds.") from silent
    except (nats.errors.Error, OSError) as error:
        raise Unavailable("The bus does not answer now. Try again in a few seconds.") from error
    finally:
        await subscription.unsubscribe()
    return found


async def closed(client: Client, connections: list[Connection]) -> None:
    """End these; one that has gone by itself is no fault."""
    await asyncio.gather(*(_close(client, one) for one in connections))


async def _close(client: Client, one: Connection) -> None:
    body = json.dumps({"cid": one.number}).encode()
    try:
        await client.request(f"{CLOSE}.{one.server}", body, timeout=FIRST_SECONDS)
    except (nats.errors.Error, OSError) as error:
        raise Unavailable("The bus does not close connections now. Try again in a few seconds.") from error


def _connections(data: bytes) -> list[Connection]:
    reply = json.loads(data or b"{}")
    server = str(reply.get("server", {}).get("id", ""))
    rows = (reply.get("data") or {}).get("connections") or ()
    return [Connection(server, int(row["cid"]), str(row.get("authorized_user", ""))) for row in rows]
