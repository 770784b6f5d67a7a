"""Connectors' edges: questions in; the same with rows of business sources, or straight to the queue, out."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from services.connectors.administration.state import states
from services.connectors.answering import answer
from services.connectors.calls import call, described, open_queries
from services.connectors.context import ConnectorsContext
from services.connectors.execution import Proof, recorded
from services.connectors.rights.visibility import still_seen
from services.connectors.schedules.questions import questions_of
from services.connectors.settings import own
from shared.background import background
from shared.bus import Bus, Delivery, Service
from shared.errors import NotReady, Refused, RetryLater, Unavailable
from shared.events import (
    DescribeSources,
    Event,
    ListNamedQueries,
    ListSchedules,
    MakeSchedule,
    MayReadRows,
    NamedQueries,
    PersonErased,
    PersonForgotten,
    QueryAnswered,
    QueryAsked,
    QueryExecuted,
    QueryGrounded,
    QueryRouted,
    QueryStreamed,
    Readable,
    RemoveSchedule,
    RightsRevoked,
    RowSet,
    RunNamedQuery,
    ScheduleDue,
    Schedules,
    ScheduleState,
    Signal,
    SourceStates,
)
from shared.security.capability import Right
from shared.security.keyring import Keyring
from shared.security.revocation import following
from shared.security.rights import Rights
from shared.settings import settings
from shared.sql.database import Database

service = Service[ConnectorsContext]("connectors")


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[ConnectorsContext]:
    """Opens tables and declared sources, and prepares the search for named queries beside the handlers."""
    async with Database.opened("connectors", settings()) as database:
        rights = Rights(Keyring(settings().keys_dir / "auth.pub"))
        context = ConnectorsContext(bus, own(), settings().home, rights, database)
        try:
            async with background(context.warm()), following(bus, context.rights.revocations):
                yield context
        finally:
            await context.close()


@service.consume(QueryAsked, slots=lambda: own().connectors_slots)
@service.publishes(QueryExecuted, QueryRouted, QueryGrounded)
async def route(query: QueryAsked, context: ConnectorsContext, bus: Bus) -> tuple[Event, ...]:
    if query.expires_at <= datetime.now(UTC):
        raise Refused("expired", "Nobody waits for this question any more. Ask again.", 504)
    events = await answer(query, _right(query.capability, query.query, context), context)
    if isinstance(events[-1], QueryGrounded):
        await bus.publish_ephemeral(
            QueryStreamed(query=query.query, client=query.client, kind="progress", stage="grounded")
        )
    return events


@service.reply(ListNamedQueries)
async def list_queries(request: ListNamedQueries, context: ConnectorsContext) -> NamedQueries:
    known = open_queries(await context.declarations(), _right(request.capability, request.query, context))
    chinese = request.language == "zh"
    return NamedQueries(queries=tuple(described(name, query, chinese) for name, query in known.items()))


@service.reply(RunNamedQuery)
@service.publishes(QueryExecuted)
async def run_query(request: RunNamedQuery, context: ConnectorsContext, bus: Bus) -> RowSet:
    """Nobody sees rows that have no record: it is kept before this replies."""
    right, chinese = _right(request.capability, request.query, context), request.language == "zh"
    proof = Proof(request.query, request.capability)
    _, result, seconds = await call(request.name, request.parameters, right, context, chinese, proof)
    await bus.publish(recorded(request.query, "gateway", right, result, seconds))
    return result


@service.reply(DescribeSources)
async def describe_sources(request: DescribeSources, context: ConnectorsContext) -> SourceStates:
    context.rights.administrator(request.capability, query=request.query)
    return await states(await context.declarations(), context.watched.path.parent, request.language == "zh")


@service.consume(ScheduleDue, attempts=10_000)
@service.publishes(QueryAsked)
async def ask_scheduled(due: ScheduleDue, context: ConnectorsContext, message: Delivery) -> QueryAsked | None:
    return await context.schedules.due(message.subject.rpartition(".")[2], str(message.sequence))


@service.consume(Signal, raw=True)
@service.publishes(QueryAsked)
async def ask_of_signal(body: bytes, context: ConnectorsContext, message: Delivery, bus: Bus) -> tuple[QueryAsked, ...]:
    return await questions_of(body, message, context, bus)


@service.consume(QueryAnswered, client="connectors", attempts=20)
async def deliver(answer: QueryAnswered, context: ConnectorsContext) -> None:
    try:
        await context.schedules.answered(answer)
    except Unavailable as error:
        raise RetryLater(30, error.error) from error


@service.consume(PersonErased, attempts=10_000)
@service.publishes(PersonForgotten)
async def forget(event: PersonErased, context: ConnectorsContext) -> PersonForgotten:
    counts = await context.schedules.forget(event.about, event.before or datetime.now(UTC))
    return PersonForgotten(about=event.about, owner="connectors", counts=counts)


@service.reply(MakeSchedule)
async def make_schedule(request: MakeSchedule, context: ConnectorsContext) -> ScheduleState:
    return await context.schedules.make(request, _right(request.capability, request.query, context))


@service.reply(ListSchedules)
async def list_schedules(request: ListSchedules, context: ConnectorsContext) -> Schedules:
    right = _right(request.capability, request.query, context)
    return Schedules(schedules=await context.schedules.owned_by(right))


@service.reply(RemoveSchedule)
async def remove_schedule(request: RemoveSchedule, context: ConnectorsContext) -> ScheduleState:
    return await context.schedules.remove(request.schedule_id, _right(request.capability, request.query, context))


@service.reply(MayReadRows)
async def may_read(request: MayReadRows, context: ConnectorsContext) -> Readable:
    right = _right(request.capability, request.query, context)
    declarations = await context.declarations()
    databases = {name: source for name, source in declarations.sources.items() if source.kind == "database"}
    dialects = {name: context.database(name, source).dialect for name, source in databases.items()}
    return Readable(document_ids=tuple(still_seen(declarations, right, dialects, request.document_ids)))


@service.check("declarations")
async def ready() -> None:
    """The declarations are those of the file."""
    if problem := service.context.watched.problem:
        raise NotReady(problem)


@service.subscribe(RightsRevoked)
async def revoke(event: RightsRevoked, context: ConnectorsContext) -> None:
    context.rights.revocations.hear(event)


def _right(capability: str, query: str, context: ConnectorsContext) -> Right:
    """Rows are no summary: where only summaries are allowed none is read."""
    right = context.rights.check(capability, query=query, action="ask")
    inside = tuple(name for name in right.workspaces if name not in right.summarised)
    return right.model_copy(update={"workspaces": inside})
