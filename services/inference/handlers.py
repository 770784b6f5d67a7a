"""Consumes ready queries, streams tokens, and stores one signed answer for each."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from services.inference.answer_service import AnswerService
from services.inference.engines.measured import InstrumentedEngine
from services.inference.engines.registry import EngineFailed, open_engine
from services.inference.settings import settings
from shared.background import background
from shared.bus import Bus, Delivery, Service
from shared.errors import NotReady, RetryLater
from shared.events import (
    DocumentAccessChanged,
    DocumentAmended,
    DocumentRemoved,
    Draft,
    Drafted,
    ListModels,
    ModelNames,
    Plan,
    Planned,
    QueryAnswered,
    QueryCancelled,
    QueryReady,
    RightsRevoked,
)
from shared.security.capability import Signer
from shared.security.keyring import Keyring
from shared.security.revocation import following
from shared.security.rights import Rights
from shared.settings import settings as process

service = Service[AnswerService]("inference")


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[AnswerService]:
    """Opens the engine and sends this worker's heartbeats."""
    engine, keys = InstrumentedEngine(await open_engine(settings()), settings()), process().keys_dir
    async with AsyncExitStack() as opened:
        opened.push_async_callback(engine.close)
        signer, rights = Signer("inference", keys / "answers" / "inference.key"), Rights(Keyring(keys / "auth.pub"))
        answers = AnswerService(bus, engine, settings(), signer, rights)
        opened.push_async_callback(answers.planner.close)
        await answers.worker.look()
        beside = background(answers.worker.live(), answers.running.live())
        async with beside, following(bus, rights.revocations):
            yield answers


@service.publishes(QueryAnswered)
@service.consume(
    QueryReady, slots=lambda: settings().inference_slots, pool=lambda: settings().inference_pool, attempts=10
)
async def answer(query: QueryReady, message: Delivery, answers: AnswerService) -> None:
    async with answers.worker.holding(message):
        try:
            answered = await answers.answer(query, message.attempt)
        except EngineFailed as error:
            raise RetryLater(min(0.25 * 2**message.attempt, 10), str(error)) from error
        if answered:
            await answers.store(answered)


@service.reply(Draft)
async def draft(request: Draft, answers: AnswerService) -> Drafted:
    return await answers.drafts.write(request, answers.worker.models)


@service.reply(Plan)
async def plan(request: Plan, answers: AnswerService) -> Planned:
    return await answers.planner.plan(request, answers.worker.models)


@service.subscribe(QueryCancelled)
async def cancel(cancelled: QueryCancelled, answers: AnswerService) -> None:
    answers.cancelled.add(cancelled.query)


@service.subscribe(DocumentAccessChanged)
async def change_readers(event: DocumentAccessChanged, answers: AnswerService) -> None:
    answers.closed.hear(event)
    answers.running.look()


@service.subscribe(DocumentAmended)
async def withdraw(event: DocumentAmended, answers: AnswerService) -> None:
    answers.closed.lose(event)
    answers.running.look()


@service.subscribe(DocumentRemoved)
async def lose(event: DocumentRemoved, answers: AnswerService) -> None:
    answers.closed.lose(event)
    answers.running.look()


@service.subscribe(RightsRevoked)
async def revoke(event: RightsRevoked, answers: AnswerService) -> None:
    answers.rights.revocations.hear(event)


@service.reply(ListModels)
async def list_models(request: ListModels, answers: AnswerService) -> ModelNames:
    return ModelNames(models=answers.worker.models)


@service.check("engine")
async def engine_answers() -> None:
    answers = service.context
    await answers.worker.look()
    if not answers.worker.models:
        raise NotReady("The engine does not answer, or has no model. Questions wait until it does.")
