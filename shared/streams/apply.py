"""Applies declared streams and consumers. Changes that would lose messages are refused."""

from pathlib import Path
from typing import Any

from shared.errors import NotReady
from shared.streams.consumers import CONSUMERS, Consumer
from shared.streams.differences import changes, losses
from shared.streams.jetstream import Jetstream, connected
from shared.streams.mirror import DURABLE, SOURCE, feed, mirror
from shared.streams.server import check
from shared.streams.streams import OBJECTS, STREAMS, Stream

ALL = (*STREAMS, OBJECTS)


async def apply(url: str, credentials: Path) -> list[str]:
    """Create and update everything, as the user of the seed file `credentials`; one line for each change."""
    async with connected(url, credentials) as jetstream:
        await check(jetstream.client)
        lines = [line for stream in ALL for line in await _apply_stream(jetstream, stream)]
        lines += [line for consumer in CONSUMERS for line in await _apply_consumer(jetstream, consumer)]
        lines += await feed(jetstream) + await _strangers(jetstream)
    return lines + await _mirrored(url, credentials.with_name("socadmin.seed"))


async def _mirrored(url: str, credentials: Path) -> list[str]:
    """The mirror in SOC is made by that account's own administrator, where its key is at hand."""
    try:
        async with connected(url, credentials) as soc:
            return await mirror(soc)
    except NotReady as problem:
        return [f"account SOC has no mirror yet: {problem}"]


async def missing(url: str, credentials: Path) -> list[str]:
    """What is declared and not there, in words."""
    async with connected(url, credentials) as jetstream:
        there = {stream.name for stream in ALL if await jetstream.call(f"STREAM.INFO.{stream.name}")}
        durables = {name: await jetstream.durables(name) for name in there}
    lines = [f"The stream {stream.name} is missing." for stream in ALL if stream.name not in there]
    gone = [c for c in CONSUMERS if c.stream in there and c.name not in durables[c.stream]]
    return lines + [f"The consumer {c.name} on {c.stream} is missing." for c in gone]


async def show(url: str, credentials: Path) -> list[dict[str, Any]]:
    """Each stream with what it holds, and what each of its consumers has still to do."""
    async with connected(url, credentials) as jetstream:
        return [await _shown(jetstream, stream) for stream in ALL]


async def _apply_stream(jetstream: Jetstream, stream: Stream) -> list[str]:
    wanted, there = stream.config(), await jetstream.call(f"STREAM.INFO.{stream.name}")
    if there is None:
        await jetstream.call(f"STREAM.CREATE.{stream.name}", wanted)
        return [f"created stream {stream.name}"]
    found = changes(there["config"], wanted)
    if found and (lost := losses(there, wanted)):
        raise NotReady(f"Stream {stream.name} stays as it is, because messages would be lost: {lost}. Empty it first.")
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
    unfinished = there["num_pending"] + there["num_ack_pending"]
    if unfinished and any(line.startswith("filter") for line in found):
        raise NotReady(f"Consumer {place} has {unfinished} messages of its old filter. Let it finish first.")
    if found:
        kept = {name: value for name, value in there["config"].items() if not name.startswith("filter")}
        await _create(jetstream, consumer, "update", kept | wanted)
    return [f"changed consumer {place}: {line}" for line in found]


async def _create(jetstream: Jetstream, consumer: Consumer, action: str, config: dict[str, Any]) -> None:
    body = {"stream_name": consumer.stream, "config": config, "action": action}
    await jetstream.call(f"CONSUMER.DURABLE.CREATE.{consumer.stream}.{consumer.name}", body)


async def _strangers(jetstream: Jetstream) -> list[str]:
    """Consumers that nobody declares: on an interest stream they keep every message for ever."""
    lines = []
    for stream in STREAMS:
        declared = {consumer.name for consumer in CONSUMERS if consumer.stream == stream.name}
        declared |= {DURABLE} if stream.name == SOURCE else set()
        for name in sorted(await jetstream.durables(stream.name) - declared):
            remedy = f"to end it: nats consumer rm {stream.name} {name}"
            lines.append(f"consumer {name} on {stream.name} is not declared and holds messages; {remedy}")
    return lines


async def _shown(jetstream: Jetstream, stream: Stream) -> dict[str, Any]:
    there = await jetstream.call(f"STREAM.INFO.{stream.name}")
    state = there["state"] if there else {"messages": 0, "bytes": 0}
    names = sorted(await jetstream.durables(stream.name)) if there else []
    consumers = [await _shown_consumer(jetstream, stream.name, name) for name in names]
    shown = {"stream": stream.name, "why": stream.why, "subjects": list(stream.subjects), "exists": there is not None}
    return shown | {"messages": state["messages"], "bytes": state["bytes"], "consumers": consumers}


async def _shown_consumer(jetstream: Jetstream, stream: str, name: str) -> dict[str, Any]:
    info = await jetstream.call(f"CONSUMER.INFO.{stream}.{name}") or {}
    counts = {"waiting": "num_pending", "out": "num_ack_pending", "again": "num_redelivered"}
    return {"name": name} | {ours: info.get(theirs, 0) for ours, theirs in counts.items()}
