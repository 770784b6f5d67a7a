"""Connectors' edges: questions in; the same with rows of business sources, or straight to the queue, out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from services.connectors.answering import answer
from services.connectors.context import ConnectorsContext
from services.connectors.rights.visibility import still_seen
from services.connectors.settings import own
from shared.bus import Bus, Depends, Service, connected
from shared.capability import Right, check, public_key
from shared.database import Database
from shared.errors import NotReady, Refused
from shared.events import (
    Event,
    MayReadRows,
    QueryAsked,
    QueryExecuted,
    QueryGrounded,
    QueryRouted,
    QueryStreamed,
    Readable,
)
from shared.settings import settings

service = Service("connectors")


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[None]:
    database = Database("connectors", settings())
    await database.migrate()
    context = service.state["context"] = ConnectorsContext(bus, own(), settings().home)
    warming = asyncio.create_task(context.warm())
    try:
        yield
    finally:
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)
        await context.close()
        await database.close()


async def opened() -> ConnectorsContext:
    """Dependency: what the service has open."""
    context: ConnectorsContext = service.state["context"]
    return context


Opened = Annotated[ConnectorsContext, Depends(opened)]
OnBus = Annotated[Bus, Depends(connected)]


@service.on(QueryAsked, slots=lambda: own().connectors_slots)
@service.emits(QueryExecuted, QueryRouted, QueryGrounded)
async def route(query: QueryAsked, context: Opened, bus: OnBus) -> tuple[Event, ...]:
    if query.expires_at <= datetime.now(UTC):
        raise Refused("expired", "Nobody waits for this question any more. Ask again.", 504)
    events = await answer(query, _right(query.capability, query.query), context)
    if isinstance(events[-1], QueryGrounded):
        await bus.tell(QueryStreamed(query=query.query, client=query.client, kind="progress", stage="grounded"))
    return events


@service.answers(MayReadRows)
async def may_read(request: MayReadRows, context: Opened) -> Readable:
    right = _right(request.capability, request.query)
    declarations = await context.declarations()
    dialects = {name: context.database(name, source).dialect for name, source in declarations.sources.items()}
    return Readable(document_ids=tuple(still_seen(declarations, right, dialects, request.document_ids)))


@service.check("declarations")
async def ready() -> None:
    """The declarations are those of the file."""
    if problem := (await opened()).watched.problem:
        raise NotReady(problem)


def _right(capability: str, query: str) -> Right:
    key: Any = service.state.get("key") or public_key(settings().keys_dir / "auth.pub")
    service.state["key"] = key
    return check(capability, key, query=query, action="ask")
