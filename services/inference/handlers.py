"""Inference's edges: ready queries in, streamed tokens and one signed answer out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from services.inference.answer_service import Desk
from services.inference.engines.registry import EngineFailed, open_engine
from services.inference.settings import settings
from shared.bus import Bus, Delivery, Depends, Service, delivery
from shared.capability import Signer, public_key
from shared.errors import Later, NotReady
from shared.events import (
    DocumentAccessChanged,
    DocumentAmended,
    DocumentRemoved,
    ListModels,
    ModelNames,
    QueryAnswered,
    QueryCancelled,
    QueryReady,
)
from shared.settings import settings as process

service = Service("inference")


@service.lifespan
async def open_desk(bus: Bus) -> AsyncIterator[None]:
    engine, keys = await open_engine(settings()), process().keys_dir
    signer, key = Signer("inference", keys / "answers" / "inference.key"), public_key(keys / "auth.pub")
    desk = service.state["desk"] = Desk(bus, engine, settings(), signer, key)
    await desk.worker.look()
    living = asyncio.create_task(desk.worker.live())
    yield
    living.cancel()
    await engine.close()


async def the_desk() -> Desk:
    desk: Desk = service.state["desk"]
    return desk


@service.emits(QueryAnswered)
@service.on(QueryReady, slots=lambda: settings().inference_slots, pool=lambda: settings().inference_pool, attempts=10)
async def answer(
    query: QueryReady, message: Annotated[Delivery, Depends(delivery)], desk: Annotated[Desk, Depends(the_desk)]
) -> None:
    async with desk.worker.holding(message):
        try:
            answered = await desk.answer(query, message.attempt)
        except EngineFailed as error:
            raise Later(min(0.25 * 2**message.attempt, 10), str(error)) from error
        if answered:
            await desk.store(answered)


@service.hears(QueryCancelled)
async def cancel(cancelled: QueryCancelled, desk: Annotated[Desk, Depends(the_desk)]) -> None:
    desk.cancelled.add(cancelled.query)


@service.hears(DocumentAccessChanged)
async def change_readers(event: DocumentAccessChanged, desk: Annotated[Desk, Depends(the_desk)]) -> None:
    desk.closed.hear(event)


@service.hears(DocumentAmended)
async def withdraw(event: DocumentAmended, desk: Annotated[Desk, Depends(the_desk)]) -> None:
    desk.closed.lose(event)


@service.hears(DocumentRemoved)
async def lose(event: DocumentRemoved, desk: Annotated[Desk, Depends(the_desk)]) -> None:
    desk.closed.lose(event)


@service.answers(ListModels)
async def list_models(request: ListModels, desk: Annotated[Desk, Depends(the_desk)]) -> ModelNames:
    return ModelNames(models=desk.worker.models)


@service.check("engine")
async def engine_answers() -> None:
    desk = await the_desk()
    await desk.worker.look()
    if not desk.worker.models:
        raise NotReady("The engine does not answer, or has no model. Questions wait until it does.")
