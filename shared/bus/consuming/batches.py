"""Consumes batches: a first message at once, then what is there already."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError

from shared.bus.connection import Bus
from shared.bus.consuming.keepalive import kept
from shared.bus.consuming.parameters import Parameters
from shared.bus.delivery import received
from shared.bus.service import Endpoint, Service
from shared.bus.tracing import processed
from shared.streams import Consumer
from shared.telemetry import EVENTS_TOTAL

log = logging.getLogger(__name__)
# A transaction costs what 50 rows cost: the first message waits this long for others. It is durable in its stream.
LINGER_SECONDS = 0.2
MOMENT_SECONDS = 0.02
POLL_SECONDS = 2.0  # a restarted server has forgotten the request: nothing comes until the next one
AGAIN_SECONDS = 1.0
WAIT_SECONDS = 2.0  # a third of what the server waits for an acknowledgement


async def consume(edge: Endpoint, consumer: Consumer, service: Service[Any], bus: Bus) -> None:
    """Hand batches to the edge's handler for ever: all of one is acknowledged, or all of it comes again."""
    subscription = await bus.jetstream.pull_subscribe_bind(
        consumer.name, consumer.stream, inbox_prefix=f"_INBOX_{bus.service}.".encode()
    )
    try:
        await _first_come(consumer, bus)
        await _consume(subscription, edge, Parameters(edge.handler, service, bus), bus, consumer.name)
    finally:
        await subscription.unsubscribe()


async def _first_come(consumer: Consumer, bus: Bus) -> None:
    """What an earlier process had in hand comes again before anything newer: its time there must run out first."""
    about = await bus.jetstream.consumer_info(consumer.stream, consumer.name)
    if about.num_ack_pending:
        await asyncio.sleep(consumer.wait)


async def _consume(
    subscription: JetStreamContext.PullSubscription, edge: Endpoint, parameters: Parameters, bus: Bus, consumer: str
) -> None:
    while True:
        try:
            messages = await _fetch(subscription, edge.option("size", 128))
        except (nats.errors.Error, APIError, OSError) as error:
            log.warning("%s cannot fetch from %s: %r", bus.service, edge.message, error)
            await asyncio.sleep(AGAIN_SECONDS)
            continue
        if messages:
            await _hand_over(edge, parameters, messages, bus, consumer)


async def _fetch(subscription: JetStreamContext.PullSubscription, size: int) -> list[Msg]:
    try:
        messages: list[Msg] = await subscription.fetch(1, timeout=POLL_SECONDS)
    except TimeoutError:
        return []
    # Whoever is behind does not wait for company: it is there already.
    if int(messages[0].metadata.num_pending or 0) < size - 1:
        await asyncio.sleep(LINGER_SECONDS)
    # What is in hand is handed over, whatever becomes of the rest.
    with suppress(nats.errors.Error, APIError, OSError, TimeoutError):
        messages += await subscription.fetch(size - 1, timeout=MOMENT_SECONDS)
    return sorted(messages, key=lambda message: int(message.metadata.sequence.stream))


async def _hand_over(edge: Endpoint, parameters: Parameters, messages: list[Msg], bus: Bus, consumer: str) -> None:
    began = time.perf_counter()
    try:
        batch = [received(message) for message in messages]
        with kept(batch, WAIT_SECONDS):
            await edge.handler(batch, **parameters.of(batch))
    except asyncio.CancelledError:
        await asyncio.shield(asyncio.gather(*(message.nak() for message in messages)))
        raise
    except Exception:  # a handler may raise anything; the batch is delivered again
        log.exception("%s could not take a batch of %d and tries again", bus.service, len(messages))
        await asyncio.gather(*(message.nak(delay=AGAIN_SECONDS) for message in messages))
        return _count(bus.service, consumer, messages, "retried")
    _count(bus.service, consumer, messages, "done")
    processed(bus.service, batch, time.perf_counter() - began, consumer)
    for message in messages:  # each goes into the connection's buffer at once: a task for each costs more than that
        await message.ack()


def _count(service: str, consumer: str, messages: Sequence[Msg], outcome: str) -> None:
    """By kind of event; the server's own advisories, which have none, by their consumer."""
    for kind, number in Counter((one.headers or {}).get("ce-type", consumer) for one in messages).items():
        EVENTS_TOTAL.labels(service, kind, outcome).inc(number)
