"""HTTP and EDGE questions in, events out, answers back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from sqlalchemy import text
from starlette.routing import Route

from services.gateway import own_account
from services.gateway.administration import account_actions, accounts, company_directory, feedback, watching
from services.gateway.attachments import routes as attachments
from services.gateway.audit import alerts, content, erasure, holds, proofs, records, reports, rules
from services.gateway.audit.origin import Origin
from services.gateway.bus import questions
from services.gateway.business import business_data, schedules
from services.gateway.context import GatewayContext
from services.gateway.documents import lifecycle, revisions, why
from services.gateway.documents import routes as documents
from services.gateway.folders import routes as folders
from services.gateway.history import routes as history
from services.gateway.history.adoption import adopt_all
from services.gateway.history.erasing import erase_again
from services.gateway.history.retention import keep_conversations
from services.gateway.http import errors, pages, search
from services.gateway.http.compression import CompressionMiddleware
from services.gateway.http.openapi.description import described
from services.gateway.http.origins import Cors
from services.gateway.http.tracing import TracingMiddleware
from services.gateway.mcp.endpoint import Endpoint
from services.gateway.openai import routes as openai
from services.gateway.openai.request_ids import RequestIds
from services.gateway.openai.responses import routes as responses
from services.gateway.page import routes as page
from services.gateway.queries import answers, chat, failures, revocation
from services.gateway.queries import routes as queries
from services.gateway.queries.deadlines import watch
from services.gateway.queries.parameters.scenarios import scenarios
from services.gateway.queries.parameters.topics import classifier
from services.gateway.sessions import administration as session_administration
from services.gateway.sessions import company
from services.gateway.sessions import routes as sessions
from services.gateway.sessions.sealing import Sealer
from services.gateway.settings import gateway_settings
from services.gateway.sharing import routes as sharing
from services.gateway.starting import routes as starting
from shared.background import background
from shared.bus import Bus, Delivery, Service
from shared.bus.origin import origin, origin_text
from shared.events import Ask, LogSeen, QueryAnswered, QueryStreamed, RightsRevoked, StepFailed
from shared.security.capability import Signer, Verifier
from shared.security.revocation import following
from shared.settings import settings
from shared.sql.database import Database

service = Service[GatewayContext]("gateway")
BUS = origin_text(interface="bus", credential="bus")
for module in (
    chat,
    openai,
    responses,
    search,
    business_data,
    schedules,
    queries,
    documents,
    revisions,
    lifecycle,
    account_actions,
    accounts,
    company_directory,
    own_account,
    feedback,
    history,
    sharing,
    attachments,
    starting,
    folders,
    records,
    proofs,
    rules,
    watching,
    reports,
    alerts,
    content,
    holds,
    erasure,
    why,
    sessions,
    session_administration,
    company,
    page,
    pages,
):
    service.routes.include_router(module.routes)
service.routes.include_router(documents.files)


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[GatewayContext]:
    """Opens tables and keys, and watches the deadlines of pending queries."""
    keys = settings().keys_dir / "answers"
    signer, sealer = Signer("gateway", keys / "gateway.key"), Sealer(settings().keys_dir / "sessions.key")
    async with Database.opened("gateway", settings()) as database:
        context = GatewayContext(bus, Verifier(keys), signer, database, gateway_settings(), sealer, settings().home)
        classifier(context.settings.topic_classifier)
        scenarios(context.settings.scenarios)
        await adopt_all(context)
        beside = background(watch(context), erase_again(context), keep_conversations(context))
        async with beside, following(bus, context.revocations), mcp_served(context):
            yield context


@asynccontextmanager
async def mcp_served(context: GatewayContext) -> AsyncIterator[None]:
    """Serves /mcp. Its package takes half a second to import, so only where it is switched on."""
    if not context.settings.mcp:
        yield
        return
    from services.gateway.mcp.server import sessions

    async with sessions() as context.mcp:
        yield
    context.mcp = None


@service.check("tables")
async def tables_answer() -> None:
    """The gateway's own tables can be read."""
    async with service.context.database.reading() as connection:
        await connection.execute(text("SELECT 1"))


def install(app: FastAPI) -> None:
    """What the gateway adds to the process's app besides its routes."""
    app.state.gateway = service
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(TracingMiddleware)
    app.add_middleware(Origin)
    app.add_middleware(RequestIds)
    app.add_middleware(Cors)
    app.router.routes.append(Route("/mcp", Endpoint(), methods=["GET", "POST", "DELETE"], include_in_schema=False))
    errors.install(app)
    app.openapi = partial(described, app)  # type: ignore[method-assign]


service.install = install


@service.consume(Ask, raw=True, slots=lambda: gateway_settings().edge_slots)
async def take(body: bytes, context: GatewayContext, message: Delivery) -> None:
    # What the client itself says of its origin is nobody's word.
    with origin(BUS):
        await questions.take(context, message)


@service.subscribe_subject("recall.*")
async def repeat(message: Delivery, context: GatewayContext) -> None:
    with origin(BUS):
        await questions.repeat(context, message)


@service.subscribe(QueryStreamed, client="gateway")
async def tell(event: QueryStreamed, context: GatewayContext) -> None:
    context.waiting.hear(event)


@service.subscribe(QueryAnswered, client="gateway", raw=True)
async def answer(body: bytes, context: GatewayContext, message: Delivery) -> None:
    if proven := answers.proven(context, message, "gateway"):
        await answers.settle(context, proven)


@service.subscribe(LogSeen)
async def on_log_seen(event: LogSeen, context: GatewayContext) -> None:
    context.log.hear(event)


@service.subscribe(RightsRevoked)
async def revoke(event: RightsRevoked, context: GatewayContext) -> None:
    await revocation.revoke(context, event)


@service.consume(StepFailed, raw=True)
async def fail(body: bytes, context: GatewayContext, message: Delivery) -> None:
    await failures.hear(context, message)
