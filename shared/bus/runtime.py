"""Connects a service's edges. A missing stream or consumer stops the start with its name."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import nats.errors
from faststream import AckPolicy
from faststream.nats import JStream, NatsMessage, PullSub
from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError

from shared.background import background
from shared.bus.callout import answering
from shared.bus.connection import Bus, settled
from shared.bus.consuming.batches import consume
from shared.bus.consuming.core_subscriptions import listen, subject_of
from shared.bus.consuming.fair import FairConsumer
from shared.bus.consuming.handler_pipeline import step
from shared.bus.delivery import Delivery, received
from shared.bus.service import Endpoint, Service
from shared.errors import NotReady, Unavailable
from shared.settings import Settings
from shared.streams import Consumer, consumer_for, consumers_of
from shared.streams.server import check

log = logging.getLogger(__name__)
POLL_SECONDS = 2.0  # a restarted server has forgotten the request: nothing comes until the next one


@asynccontextmanager
async def running(service: Service[Any], settings: Settings) -> AsyncIterator[Bus]:
    """The service connected, subscribed and flushed; drained at the end."""
    bus = Bus(service.name, settings)
    for edge in service.edges:
        if edge.kind == "consume" and "share" not in edge.options:
            _pull(edge, _consumer(edge, service), service, bus)
    async with AsyncExitStack() as opened:
        await bus.broker.connect()
        opened.push_async_callback(bus.broker.stop)
        await _require(bus, service)
        if service.run:
            service.context = await opened.enter_async_context(asynccontextmanager(service.run)(bus))
        if service.callout:
            await opened.enter_async_context(answering(service.callout, settings))
        await opened.enter_async_context(_subscribed(service, bus))
        yield bus


@asynccontextmanager
async def _subscribed(service: Service[Any], bus: Bus) -> AsyncIterator[None]:
    loops = [consume(*pair, service, bus) for pair in _batches(service)]
    fair = [edge for edge in service.edges if edge.kind == "consume" and "share" in edge.options]
    loops += [FairConsumer(edge, _consumer(edge, service), service, bus).run() for edge in fair]
    try:
        async with background(*loops):
            await listen(service, bus)
            await bus.broker.start()
            await settled(bus.client)
            yield
    finally:
        # Drains: handlers end or give their message back, while what they use is still open.
        await bus.broker.stop()


async def missing(bus: Bus, service: Service[Any]) -> str | None:
    """The first consumer that the service needs and the bus has not, in words; `Unavailable` when the bus is silent."""
    for consumer in _consumers(service):
        try:
            await bus.jetstream.consumer_info(consumer.stream, consumer.name)
        except NotFoundError:
            return f"The consumer {consumer.name} on stream {consumer.stream} is missing. Run `cloister streams apply`."
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"The bus does not answer about {consumer.stream}/{consumer.name}.") from error
    return None


async def _require(bus: Bus, service: Service[Any]) -> None:
    while True:
        try:
            await check(bus.client)
            problem = await missing(bus, service)
            break
        except Unavailable as silent:
            log.warning("%s waits: %s", service.name, silent)
            await asyncio.sleep(1)
    if problem:
        raise NotReady(f"{service.name} cannot start: {problem}")


def _consumers(service: Service[Any]) -> list[Consumer]:
    found: list[Consumer] = []
    for edge in service.edges:
        if edge.kind == "consume":
            found.append(_consumer(edge, service))
        elif edge.kind == "batch":
            found += [consumer for each, consumer in _batches(service) if each is edge]
    return found


def _batches(service: Service[Any]) -> list[tuple[Endpoint, Consumer]]:
    """Each takes the durables of its streams, but those of single events."""
    single = {_consumer(edge, service).name for edge in service.edges if edge.kind == "consume"}
    consumers = [consumer for consumer in consumers_of(service.name) if consumer.name not in single]
    batches = [edge for edge in service.edges if edge.kind == "batch"]
    return [(edge, consumer) for edge in batches for consumer in consumers if consumer.stream in edge.message]


def _consumer(edge: Endpoint, service: Service[Any]) -> Consumer:
    return consumer_for(service.name, subject_of(edge.message.subject, edge))


def _pull(edge: Endpoint, consumer: Consumer, service: Service[Any], bus: Bus) -> None:
    # One subscriber a slot: max_workers prefetches, and what it prefetches runs twice after ack_wait.
    held = edge.option("held", False)
    pull = PullSub(batch_size=1, timeout=POLL_SECONDS)
    for _ in range(edge.option("slots", 1)):
        policy = AckPolicy.MANUAL if held else AckPolicy.NACK_ON_ERROR
        _stored(consumer, bus, pull, decoder=_decode, ack_policy=policy)(step(edge, service, bus, consumer))


def _stored(consumer: Consumer, bus: Bus, pull: PullSub, **options: Any) -> Any:
    return bus.broker.subscriber(
        consumer.filter,
        stream=JStream(consumer.stream, declare=False),
        durable=consumer.name,
        config=ConsumerConfig(filter_subject=consumer.filter),
        pull_sub=pull,
        inbox_prefix=f"_INBOX_{bus.service}.".encode(),
        **options,
    )


async def _decode(message: NatsMessage) -> Delivery:
    return received(message.raw_message)
