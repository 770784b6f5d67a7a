"""Chunks in, index; question in, passages out."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import ValidationError

from services.retrieval.context import Desk
from services.retrieval.indexing.indexer import placed
from services.retrieval.query.window import WINDOW
from services.retrieval.search import answerability
from services.retrieval.search.hybrid_search import allowed
from services.retrieval.settings import own
from shared.bus import Bus, Delivery, Depends, Service, connected, delivery
from shared.capability import Right, check, public_key
from shared.database import Database
from shared.deadline import until
from shared.errors import Later, Refused, Unavailable
from shared.events import (
    DocumentAccessChanged,
    DocumentAmended,
    DocumentChunked,
    DocumentForgotten,
    DocumentIndexed,
    DocumentProgressed,
    DocumentRejected,
    DocumentRemoved,
    Embed,
    Embedded,
    Found,
    QueryGrounded,
    QueryRouted,
    QuerySearched,
    QueryStreamed,
    Search,
)
from shared.settings import settings

log = logging.getLogger(__name__)
service = Service("retrieval")
ATTEMPTS = 5
PLACING = 3  # batches at a time: one waits for the model, one for the disk, one for the bus
TEXTS = 256  # of one embedding request


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[None]:
    desk = Desk(Database("retrieval", settings()), own(), settings())
    service.state["desk"] = desk
    await desk.start()
    yield
    await desk.close()


async def at_desk() -> Desk:
    """Dependency: what the service has open."""
    desk: Desk = service.state["desk"]
    return desk


AtDesk = Annotated[Desk, Depends(at_desk)]
OnBus = Annotated[Bus, Depends(connected)]


@service.on(DocumentChunked, slots=PLACING, attempts=ATTEMPTS)
@service.emits(DocumentIndexed, DocumentRejected, DocumentProgressed)
async def index(
    batch: DocumentChunked, desk: AtDesk, message: Annotated[Delivery, Depends(delivery)], bus: OnBus
) -> DocumentIndexed | DocumentRejected | None:
    try:
        return await placed(batch, desk, bus)
    except Unavailable as error:
        raise Later(10, error.error) from error
    except Exception:
        if message.attempt < ATTEMPTS:
            raise
        log.exception("revision %d of document %s cannot be indexed", batch.revision, batch.document_id)
        about = batch.model_dump(include={"document_id", "revision", "workspace", "title"})
        words = "It was read but could not be indexed. Upload it again; the log says what failed."
        return DocumentRejected(**about, error=words, reason="not_indexed")


@service.on(DocumentAmended, attempts=10_000)
async def amend(event: DocumentAmended, desk: AtDesk) -> None:
    await desk.chunks.amend(event)


@service.on(DocumentAccessChanged, attempts=10_000)
async def change_readers(event: DocumentAccessChanged, desk: AtDesk) -> None:
    """The rows first: they are asked about every passage, the index only keeps others from being crowded out."""
    now = await desk.chunks.change_readers(event)
    try:
        await (await desk.library()).change_readers(event.document_id, now)
    except Unavailable as error:
        raise Later(10, error.error) from error


@service.on(DocumentRemoved, attempts=10_000)
@service.emits(DocumentForgotten)
async def forget(event: DocumentRemoved, desk: AtDesk) -> DocumentForgotten:
    """Said when rows and vectors are gone, not before."""
    counted = await desk.chunks.remove(event)
    try:
        await (await desk.library()).forget(event.document_id, event.revision + 1)
    except Unavailable as error:
        raise Later(10, error.error) from error
    about = event.model_dump(include={"document_id", "revision", "workspace"})
    return DocumentForgotten(**about, title="", chunks=counted)


def share(body: bytes) -> tuple[str, float]:
    """Who asks, and what it costs: bytes that are searched for."""
    try:
        asked = QueryRouted.model_validate_json(body)
    except ValidationError:
        return "", 1.0
    return asked.principal.id, float(min(len(asked.question), WINDOW))


@service.on(QueryRouted, slots=lambda: own().retrieval_slots, share=share)
@service.emits(QueryGrounded)
async def ground(query: QueryRouted, desk: AtDesk, bus: Annotated[Bus, Depends(connected)]) -> QueryGrounded:
    if query.expires_at <= datetime.now(UTC):
        raise Refused("expired", "Nobody waits for this question any more. Ask again.", 504)
    inside = allowed(_right(query), query.workspace, *query.workspaces)
    async with until(query.expires_at):
        search = await desk.search()
        question = await search.understood(query.question, query.principal.id, query.history, query.asked_at)
        found = await search.passages(question, inside, own().retrieval_passages, answerability.ANSWER)
        wider = await search.widened(found, inside, own().retrieval_tokens)
    await bus.tell(QueryStreamed(query=query.query, client=query.client, kind="progress", stage="grounded"))
    return QueryGrounded.of(query, (*query.rows, *wider), question.sought.text, query.notes)


@service.answers(Search)
@service.emits(QuerySearched)
async def find(request: Search, desk: AtDesk, bus: OnBus) -> Found:
    """Nobody sees what has no record: it is kept before this replies."""
    right, search = _right(request), await desk.search()
    limit = min(max(request.limit, 1), 100)
    least = answerability.SEARCH if request.leg == "fused" else 0.0
    async with until(request.expires_at):
        question = await search.understood(request.question, right.principal.id)
        found = await search.passages(question, allowed(right), limit, least, request.leg)
    await bus.publish(QuerySearched.of(request.query, right.principal, request.question, right.workspaces, found))
    return Found(passages=found)


@service.answers(Embed)
async def embed(request: Embed, desk: AtDesk) -> Embedded:
    if len(request.texts) > TEXTS:
        raise Refused("too_many_texts", f"At most {TEXTS} texts can be embedded at once. Send fewer.", 413)
    async with until(request.expires_at):
        return await desk.embedded(request.texts, request.principal, request.kind)


@service.check("index")
async def ready() -> None:
    await (await (await at_desk()).library()).index.count()


def _right(request: QueryRouted | Search) -> Right:
    key: Any = service.state.get("key") or public_key(settings().keys_dir / "auth.pub")
    service.state["key"] = key
    return check(request.capability, key, query=request.query, action="ask")
