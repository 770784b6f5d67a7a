"""HTTP and EDGE questions in, events out, answers back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import FastAPI
from sqlalchemy import text

from services.gateway.bus import questions
from services.gateway.context import Desk
from services.gateway.documents import lifecycle, revisions, why
from services.gateway.documents import routes as documents
from services.gateway.history import routes as history
from services.gateway.http import administration, audit, errors, feedback, pages, search
from services.gateway.http.tracing import Traced
from services.gateway.openai import routes as openai
from services.gateway.page import routes as page
from services.gateway.queries import answers, chat, failures
from services.gateway.queries import routes as queries
from services.gateway.queries.deadlines import watch
from services.gateway.settings import gateway_settings
from shared.bus import Bus, Delivery, Depends, Service, delivery
from shared.capability import Signer, Verifier
from shared.database import Database
from shared.events import Ask, QueryAnswered, QueryStreamed, StepFailed
from shared.settings import settings

service = Service("gateway")
for module in (
    chat,
    openai,
    search,
    queries,
    documents,
    revisions,
    lifecycle,
    administration,
    feedback,
    history,
    audit,
    why,
    page,
    pages,
):
    service.routes.include_router(module.routes)
service.routes.include_router(documents.files)


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[None]:
    """Tables, keys and the watch over the open calls."""
    keys = settings().keys_dir / "answers"
    database = Database("gateway", settings())
    await database.migrate()
    desk = Desk(bus, Verifier(keys), Signer("gateway", keys / "gateway.key"), database, gateway_settings())
    service.state["desk"] = desk
    watching = asyncio.create_task(watch(desk))
    yield
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    await database.close()


@service.check("tables")
async def tables_answer() -> None:
    """The gateway's own tables can be read."""
    async with service.state["desk"].database.reading() as connection:
        await connection.execute(text("SELECT 1"))


def install(app: FastAPI) -> None:
    """What the gateway adds to the process's app besides its routes."""
    app.state.gateway = service.state
    app.add_middleware(Traced)
    errors.install(app)


service.install = install


async def open_desk() -> Desk:
    """Dependency: the gateway's desk."""
    desk: Desk = service.state["desk"]
    return desk


AtDesk = Annotated[Desk, Depends(open_desk)]
Message = Annotated[Delivery, Depends(delivery)]


@service.on(Ask, raw=True, slots=lambda: gateway_settings().edge_slots)
async def take(body: bytes, desk: AtDesk, message: Message) -> None:
    await questions.take(desk, message)


@service.hears_subject("recall.*")
async def repeat(message: Delivery, desk: AtDesk) -> None:
    await questions.repeat(desk, message)


@service.hears(QueryStreamed, client="gateway")
async def tell(event: QueryStreamed, desk: AtDesk) -> None:
    desk.waiting.hear(event)


@service.hears(QueryAnswered, client="gateway", raw=True)
async def answer(body: bytes, desk: AtDesk, message: Message) -> None:
    if proven := answers.proven(desk, message, "gateway"):
        await answers.settle(desk, proven)


@service.on(StepFailed, raw=True)
async def fail(body: bytes, desk: AtDesk, message: Message) -> None:
    await failures.hear(desk, message)
