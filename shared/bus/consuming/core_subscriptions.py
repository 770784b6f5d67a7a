"""Core NATS subscriptions as plain callbacks, for tokens and heartbeats."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.msg import Msg

from shared.bus.connection import Bus
from shared.bus.consuming.handler_pipeline import Handle, listener, responder
from shared.bus.delivery import received
from shared.bus.service import Endpoint, Service

REQUESTS = 512


async def listen(service: Service[Any], bus: Bus) -> None:
    """Subscribe to what the service subscribes and replies to."""
    for edge in service.edges:
        if edge.kind == "subscribe":
            await bus.client.subscribe(
                subject_of(edge.message.heard_as, edge), cb=_callback(listener(edge, service, bus))
            )
        elif edge.kind == "subject":
            await bus.client.subscribe(edge.message, cb=_callback(listener(edge, service, bus)))
        elif edge.kind == "reply":
            side_by_side = _side_by_side(responder(edge, service, bus))
            await bus.client.subscribe(edge.message.subject, queue=service.name, cb=side_by_side)


def _callback(handle: Handle) -> Callable[[Msg], Awaitable[None]]:
    async def heard(message: Msg) -> None:
        await handle(received(message))

    return heard


def _side_by_side(handle: Handle) -> Callable[[Msg], Awaitable[None]]:
    """A slow request holds up no other; at most REQUESTS run at once. How many of one person is for the service."""
    places, running_now = asyncio.Semaphore(REQUESTS), set[asyncio.Task[None]]()

    async def answer(message: Msg) -> None:
        try:
            await handle(received(message))
        finally:
            places.release()

    async def heard(message: Msg) -> None:
        await places.acquire()
        task = asyncio.create_task(answer(message))
        running_now.add(task)
        task.add_done_callback(running_now.discard)

    return heard


def subject_of(template: str, edge: Endpoint) -> str:
    """`answered.{client}.{query}` with client="gateway" is `answered.gateway.*`."""
    tokens = []
    for token in template.split("."):
        name = token[1:-1] if token.startswith("{") else None
        tokens.append(token if name is None else str(edge.option(name, "*")))
    return ".".join(tokens)
