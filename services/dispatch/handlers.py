"""Consumes grounded queries and publishes ready ones, no more than the workers can take."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.dispatch.description import described
from services.dispatch.position_updates import announce, keep
from services.dispatch.reaper import DISCONNECTED, reap
from services.dispatch.scheduler import Scheduler
from services.dispatch.settings import settings
from services.dispatch.sources import sources
from shared.background import background
from shared.bus import Bus, Delivery, Service
from shared.events import (
    DescribeQueue,
    Locate,
    Located,
    QueryAnswered,
    QueryCancelled,
    QueryGrounded,
    QueryReady,
    QueryStreamed,
    QueueState,
    RightsRevoked,
    StepFailed,
    WorkerSeen,
)
from shared.security.keyring import Keyring
from shared.security.revocation import following
from shared.security.rights import Rights
from shared.settings import settings as process


@dataclass(frozen=True, slots=True)
class DispatchContext:
    """The scheduler, and what checks capabilities."""

    scheduler: Scheduler
    rights: Rights


service = Service[DispatchContext]("dispatch")


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[DispatchContext]:
    """Publishes queue positions and extends acknowledgements while it runs."""
    rights = Rights(Keyring(process().keys_dir / "auth.pub"))
    scheduler = Scheduler(bus, settings().weights, rights.revocations)
    async with background(announce(scheduler, bus), keep(scheduler)), following(bus, rights.revocations):
        yield DispatchContext(scheduler, rights)


@service.publishes(QueryReady, QueryStreamed, StepFailed)
@service.consume(QueryGrounded, held=True)
async def queue(query: QueryGrounded, message: Delivery, context: DispatchContext, bus: Bus) -> None:
    right = context.rights.check(query.capability, query=query.query, action="ask")
    if query.passages and message.attempt == 1:
        await bus.publish_ephemeral(sources(query, right.summarised))
    await context.scheduler.enter(query, message, right)


@service.subscribe(RightsRevoked)
async def revoke(event: RightsRevoked, context: DispatchContext) -> None:
    """Those who lost the right wait no longer."""
    context.rights.revocations.hear(event)
    await context.scheduler.dismiss()


@service.subscribe(WorkerSeen)
async def count(worker: WorkerSeen, context: DispatchContext) -> None:
    await context.scheduler.seen(worker)


@service.subscribe(QueryAnswered, raw=True)
async def ended(body: bytes, message: Delivery, context: DispatchContext) -> None:
    """The subject ends with the query; the answer itself is not read."""
    await context.scheduler.ended(message.subject.rsplit(".", 1)[-1])


@service.subscribe(QueryCancelled)
async def cancelled(query: QueryCancelled, context: DispatchContext) -> None:
    await context.scheduler.cancel(query.query)


@service.subscribe_subject(DISCONNECTED)
async def disconnected(advisory: Delivery, context: DispatchContext, bus: Bus) -> None:
    await reap(advisory, context.scheduler, bus)


@service.reply(DescribeQueue)
async def describe(request: DescribeQueue, context: DispatchContext) -> QueueState:
    context.rights.administrator(request.capability, query=request.query)
    return described(context.scheduler.pools)


@service.reply(Locate)
async def locate(request: Locate, context: DispatchContext) -> Located:
    return context.scheduler.locate(request.query)
