"""Make the server agree with the declarations: every change is told, what would lose messages is refused."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client

from shared.errors import NotReady
from shared.streams.consumers import CONSUMERS, Consumer
from shared.streams.differences import changes, losses
from shared.streams.server import check
from shared.streams.streams import OBJECTS, STREAMS, Stream

UNKNOWN = (10059, 10014)  # stream, consumer not found


class Jetstream:
    """The few calls of JetStream's API that provisioning needs, as plain JSON."""

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


async def apply(url: str, credentials: Path) -> list[str]:
    """Create and update everything as the user of the seed file `credentials`; one line for each change."""
    async with connected(url, credentials) as jetstream:
        await check(jetstream.client)
        lines = [line for stream in (*STREAMS, OBJECTS) for line in await _apply_stream(jetstream, stream)]
        lines += [line for consumer in CONSUMERS for line in await _apply_consumer(jetstream, consumer)]
        return lines + await _strangers(jetstream)


async def missing(url: str, credentials: Path) -> list[str]:
    """What is declared and not there, in words."""
    async with connected(url, credentials) as jetstream:
        names = {stream.name: await jetstream.call(f"STREAM.INFO.{stream.name}") for stream in (*STREAMS, OBJECTS)}
        durables = {stream: await jetstream.durables(stream) for stream, there in names.items() if there}
    lines = [f"The stream {name} is missing." for name, there in names.items() if not there]
    gone = [c for c in CONSUMERS if c.stream in durables and c.name not in durables[c.stream]]
    return lines + [f"The consumer {c.name} on {c.stream} is missing." for c in gone]


async def show(url: str, credentials: Path) -> list[dict[str, Any]]:
    """Each stream with what it holds and what each of its consumers has still to do."""
    async with connected(url, credentials) as jetstream:
        return [await _shown(jetstream, stream) for stream in (*STREAMS, OBJECTS)]


@asynccontextmanager
async def connected(url: str, credentials: Path) -> AsyncIterator[Jetstream]:
    """A connection as the user of that seed file."""
    options: dict[str, Any] = {"nkeys_seed": str(credentials), "allow_reconnect": False, "connect_timeout": 5}
    try:
        client = await nats.connect(url, name="provisioner", inbox_prefix=b"_INBOX_provisioner", **options)
    except (nats.errors.Error, OSError) as error:
        raise NotReady(
            f"The bus at {url} does not let the provisioner in ({error}). Does it run, and with the keys in {credentials.parent}?"
        ) from error
    try:
        yield Jetstream(client)
    finally:
        await client.close()


async def _apply_stream(jetstream: Jetstream, stream: Stream) -> list[str]:
    wanted, there = stream.config(), await jetstream.call(f"STREAM.INFO.{stream.name}")
    if there is None:
        await jetstream.call(f"STREAM.CREATE.{stream.name}", wanted)
        return [f"created stream {stream.name}"]
    found = changes(there["config"], wanted)
    if found and (lost := losses(there, wanted)):
        raise NotReady(f"Stream {stream.name} is left as it is, because messages would be lost: {lost}. Empty it first.")
    if found:
        await jetstream.call(f"STREAM.UPDATE.{stream.name}", there["config"] | wanted)
    return [f"changed stream {stream.name}: {line}" for line in found]


async def _apply_consumer(jetstream: Jetstream, consumer: Consumer) -> list[str]:
    place, wanted = f"{consumer.stream}.{consumer.name}", consumer.config()
    there = await jetstream.call(f"CONSUMER.INFO.{place}")
    if there is None:
        await _create(jetstream, consumer, "create", wanted)
        return [f"created consumer {consumer.name} on {consumer.stream}"]
    found = changes(there["config"], wanted)
    if found and there["num_pending"] + there["num_ack_pending"] and changes(there["config"], wanted, only="filter"):
        raise NotReady(f"Consumer {place} still has messages under its old filter. Let it finish, then apply again.")
    if found:
        await _create(jetstream, consumer, "update", there["config"] | wanted)
    return [f"changed consumer {place}: {line}" for line in found]


async def _create(jetstream: Jetstream, consumer: Consumer, action: str, config: dict[str, Any]) -> None:
    if len(consumer.filters) > 1:
        config.pop("filter_subject", None)
    body = {"stream_name": consumer.stream, "config": config, "action": action}
    await jetstream.call(f"CONSUMER.DURABLE.CREATE.{consumer.stream}.{consumer.name}", body)


async def _strangers(jetstream: Jetstream) -> list[str]:
    """Consumers that nobody declares: on an interest stream they keep every message for ever."""
    lines = []
    for stream in STREAMS:
        declared = {consumer.name for consumer in CONSUMERS if consumer.stream == stream.name}
        for name in sorted(await jetstream.durables(stream.name) - declared):
            remedy = f"nats consumer rm {stream.name} {name}"
            lines.append(f"consumer {name} on {stream.name} is not declared and holds its messages; to end it: {remedy}")
    return lines


async def _shown(jetstream: Jetstream, stream: Stream) -> dict[str, Any]:
    there = await jetstream.call(f"STREAM.INFO.{stream.name}")
    shown: dict[str, Any] = {"stream": stream.name, "why": stream.why, "subjects": list(stream.subjects), "exists": bool(there)}
    shown |= {"messages": 0, "bytes": 0} if not there else {name: there["state"][name] for name in ("messages", "bytes")}
    shown["consumers"] = []
    for name in sorted(await jetstream.durables(stream.name)) if there else ():
        info = await jetstream.call(f"CONSUMER.INFO.{stream.name}.{name}")
        if info:
            shown["consumers"].append(
                {"name": name, "waiting": info["num_pending"], "out": info["num_ack_pending"], "again": info["num_redelivered"]}
            )
    return shown
