"""Dispatch's edges: grounded queries in, ready ones out, no more than workers can take."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from services.dispatch.position_updates import announce, keep
from services.dispatch.reaper import DISCONNECTED, reap
from services.dispatch.scheduler import Hall
from services.dispatch.settings import settings
from services.dispatch.sources import sources
from shared.bus import Bus, Delivery, Depends, Service, connected, delivery
from shared.capability import check, public_key
from shared.events import (
    Locate,
    Located,
    QueryAnswered,
    QueryCancelled,
    QueryGrounded,
    QueryReady,
    QueryStreamed,
    StepFailed,
    WorkerSeen,
)
from shared.settings import settings as process

service = Service("dispatch")


@service.lifespan
async def open_hall(bus: Bus) -> AsyncIterator[None]:
    service.state["key"] = public_key(process().keys_dir / "auth.pub")
    hall = service.state["hall"] = Hall(bus, settings().weights)
    tasks = [asyncio.create_task(announce(hall, bus)), asyncio.create_task(keep(hall))]
    yield
    for task in tasks:
        task.cancel()


async def the_hall() -> Hall:
    hall: Hall = service.state["hall"]
    return hall


TheHall = Annotated[Hall, Depends(the_hall)]
Message = Annotated[Delivery, Depends(delivery)]
OnBus = Annotated[Bus, Depends(connected)]


@service.emits(QueryReady, QueryStreamed, StepFailed)
@service.on(QueryGrounded, held=True)
async def queue(query: QueryGrounded, message: Message, hall: TheHall, bus: OnBus) -> None:
    check(query.capability, service.state["key"], query=query.query, action="ask")
    if query.passages and message.attempt == 1:
        await bus.tell(sources(query))
    await hall.enter(query, message)


@service.hears(WorkerSeen)
async def count(worker: WorkerSeen, hall: TheHall) -> None:
    await hall.seen(worker)


@service.hears(QueryAnswered, raw=True)
async def ended(body: bytes, message: Message, hall: TheHall) -> None:
    """The subject ends with the query; the answer itself is not read."""
    await hall.ended(message.subject.rsplit(".", 1)[-1])


@service.hears(QueryCancelled)
async def cancelled(query: QueryCancelled, hall: TheHall) -> None:
    await hall.cancel(query.query)


@service.hears_subject(DISCONNECTED)
async def disconnected(advisory: Delivery, hall: TheHall, bus: OnBus) -> None:
    await reap(advisory, hall, bus)


@service.answers(Locate)
async def locate(request: Locate, hall: TheHall) -> Located:
    return hall.locate(request.query)
