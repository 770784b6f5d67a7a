"""Indexes chunks, grounds questions with passages, and answers searches."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Literal

from pydantic import ValidationError

from services.retrieval.context import RetrievalContext
from services.retrieval.grounding import grounded
from services.retrieval.indexing.indexer import placed
from services.retrieval.planning.conversation import asks_nothing
from services.retrieval.planning.expansion import expanded
from services.retrieval.query.window import WINDOW
from services.retrieval.search import answerability
from services.retrieval.search.access_check import allowed, shown
from services.retrieval.settings import own
from shared.background import background
from shared.bus import Bus, Delivery, Service
from shared.deadline import until
from shared.errors import Refused, RetryLater, Unavailable
from shared.events import (
    DocumentAccessChanged,
    DocumentAmended,
    DocumentChunked,
    DocumentEmbedded,
    DocumentForgotten,
    DocumentIndexed,
    DocumentProgressed,
    DocumentRejected,
    DocumentRemoved,
    Embed,
    Embedded,
    Event,
    FindPlaces,
    Found,
    Places,
    QueryGrounded,
    QueryPlanned,
    QueryRouted,
    QuerySearched,
    QueryStreamed,
    RightsRevoked,
    Search,
)
from shared.security.capability import Right
from shared.security.revocation import following
from shared.settings import settings
from shared.sql.database import Database

log = logging.getLogger(__name__)
service = Service[RetrievalContext]("retrieval")
Stage = Literal["planned", "grounded"]
ATTEMPTS = 5
PLACING = 3  # batches at a time: one is cut into words, one waits for the disk, one for the bus
TEXTS = 256  # of one embedding request


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[RetrievalContext]:
    """Opens the tables, the index and the embedder."""
    context = RetrievalContext(Database("retrieval", settings()), own(), settings())
    try:
        await context.start()
        async with background(context.vectors.run(bus)), following(bus, context.rights.revocations):
            yield context
    finally:
        await context.close()


@service.consume(DocumentChunked, slots=PLACING, attempts=ATTEMPTS)
@service.publishes(DocumentIndexed, DocumentRejected, DocumentProgressed, DocumentEmbedded)
async def index(
    batch: DocumentChunked, context: RetrievalContext, message: Delivery, bus: Bus
) -> DocumentRejected | None:
    try:
        await placed(batch, context, bus)
    except Unavailable as error:
        raise RetryLater(10, error.error) from error
    except Exception:  # the last attempt becomes a rejection that its owner sees
        if message.attempt < ATTEMPTS:
            raise
        log.exception("revision %d of document %s cannot be indexed", batch.revision, batch.document_id)
        about = batch.model_dump(include={"document_id", "revision", "workspace", "title"})
        words = "It was read but could not be indexed. Upload it again; the log says what failed."
        return DocumentRejected(**about, error=words, reason="not_indexed")
    return None


@service.consume(DocumentAmended, attempts=10_000)
async def amend(event: DocumentAmended, context: RetrievalContext) -> None:
    await context.chunks.amend(event)
    if event.withdrawn:
        await context.vectors.stop(event.document_id)
    else:
        context.vectors.wake()


@service.consume(DocumentAccessChanged, attempts=10_000)
async def change_readers(event: DocumentAccessChanged, context: RetrievalContext) -> None:
    """The rows first: they are asked about every passage, the index only keeps others from being crowded out."""
    now = await context.chunks.change_readers(event)
    try:
        await (await context.index_set()).change_readers(event.document_id, now)
    except Unavailable as error:
        raise RetryLater(10, error.error) from error


@service.consume(DocumentRemoved, attempts=10_000)
@service.publishes(DocumentForgotten)
async def forget(event: DocumentRemoved, context: RetrievalContext) -> DocumentForgotten:
    """Said when rows and vectors are gone, not before."""
    counted = await context.chunks.remove(event)
    await context.vectors.stop(event.document_id)
    try:
        await (await context.index_set()).forget(event.document_id, event.revision + 1)
    except Unavailable as error:
        raise RetryLater(10, error.error) from error
    about = event.model_dump(include={"document_id", "revision", "workspace"})
    return DocumentForgotten(**about, title="", chunks=counted)


def share(body: bytes) -> tuple[str, float]:
    """Who asks, and what it costs: bytes that are searched for."""
    try:
        asked = QueryRouted.model_validate_json(body)
    except ValidationError:
        return "", 1.0
    return asked.principal.id, float(min(len(asked.question), WINDOW))


@service.consume(QueryRouted, slots=lambda: own().retrieval_slots, share=share)
@service.publishes(QueryPlanned, QueryGrounded)
async def ground(query: QueryRouted, context: RetrievalContext, bus: Bus) -> tuple[Event, ...]:
    if query.expires_at <= datetime.now(UTC):
        raise Refused("expired", "Nobody waits for this question any more. Ask again.", 504)
    right = _right(query, context)
    inside = allowed(right, query.workspace, *query.workspaces)
    async with until(query.expires_at):
        made = await context.planner.plan(query, bus)
        if made and not asks_nothing(query, made):
            await bus.publish_ephemeral(_progress(query, "planned", made.planned.plan.queries))
        found = await grounded(query, context, inside, made)
    context.rights.revocations.require(right)
    await bus.publish_ephemeral(_progress(query, "grounded"))
    return (QueryPlanned.of(query, *made), found) if made else (found,)


def _progress(query: QueryRouted, stage: Stage, searches: tuple[str, ...] = ()) -> QueryStreamed:
    return QueryStreamed(query=query.query, client=query.client, kind="progress", stage=stage, searches=searches)


@service.reply(Search)
@service.publishes(QuerySearched)
async def find(request: Search, context: RetrievalContext, bus: Bus) -> Found:
    """Nobody sees what has no record: it is kept before this replies."""
    right = _right(request, context)
    return await context.under_way.once(request, _found(request, right, context, bus))


async def _found(request: Search, right: Right, context: RetrievalContext, bus: Bus) -> Found:
    search = await context.search()
    limit = min(max(request.limit, 1), 100)
    least = answerability.SEARCH if request.leg == "fused" else 0.0
    async with until(request.expires_at):
        question = await search.analyzed(request.question, right.principal.id)
        expansion = await expanded(search, question, None, right.principal.id)
        absent = await search.absent(question, shown(right))
        found = await search.passages(question, shown(right), limit, least, request.leg, expansion, absent)
    context.rights.revocations.require(right)
    await bus.publish(QuerySearched.of(request.query, right.principal, request.question, right.workspaces, found))
    return Found(passages=found, absent=absent)


@service.reply(FindPlaces)
async def find_places(request: FindPlaces, context: RetrievalContext) -> Places:
    """While somebody types; titles and headings alone, as lists of documents show them."""
    return Places(places=await context.places(request.text, shown(_right(request, context)), request.limit))


@service.reply(Embed)
async def embed(request: Embed, context: RetrievalContext) -> Embedded:
    if len(request.texts) > TEXTS:
        raise Refused("too_many_texts", f"At most {TEXTS} texts can be embedded at once. Send fewer.", 413)
    async with until(request.expires_at):
        return await context.embedded(request.texts, request.principal, request.kind)


@service.check("index")
async def ready() -> None:
    await (await service.context.index_set()).index.count()


def _right(request: QueryRouted | Search | FindPlaces, context: RetrievalContext) -> Right:
    return context.rights.check(request.capability, query=request.query, action="ask")


@service.subscribe(RightsRevoked)
async def revoke(event: RightsRevoked, context: RetrievalContext) -> None:
    context.rights.revocations.hear(event)
