"""Receives documents, reads them into chunks, and follows them to the index."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import text

from services.ingestion.documents import deletion, queries
from services.ingestion.documents.lifecycle import DocumentLifecycle
from services.ingestion.documents.revisions import RevisionHistory
from services.ingestion.documents.service import Documents
from services.ingestion.pipeline import read_file, read_revision
from services.ingestion.settings import ingestion_settings
from services.ingestion.storage.object_gc import sweep, sweeping
from services.ingestion.storage.orphan_gc import OrphanCollector
from services.ingestion.tables import outgoing
from shared.background import background
from shared.bus import Bus, Service
from shared.events import (
    AccessChecked,
    Action,
    Amend,
    ChangeAccess,
    CheckAccess,
    DeleteDocument,
    Describe,
    DescribeRemoval,
    DescribeRevisions,
    DocumentAccessChanged,
    DocumentAmended,
    DocumentChunked,
    DocumentEmbedded,
    DocumentForgotten,
    DocumentHistory,
    DocumentIndexed,
    DocumentProgressed,
    DocumentRejected,
    DocumentRemoved,
    DocumentState,
    DocumentStates,
    DocumentUploaded,
    FileText,
    FindNewest,
    MayRead,
    Newest,
    Readable,
    ReadFile,
    Receive,
    Received,
    Removal,
    Retry,
    RightsRevoked,
)
from shared.security.capability import Right
from shared.security.keyring import Keyring
from shared.security.revocation import following
from shared.security.rights import Rights
from shared.settings import settings
from shared.sql.database import Database
from shared.sql.outbox import Outbox
from shared.telemetry.stages import DOCUMENTS_TOTAL

Asked = (
    Receive
    | Describe
    | Amend
    | ChangeAccess
    | DeleteDocument
    | Retry
    | DescribeRevisions
    | DescribeRemoval
    | FindNewest
    | ReadFile
)


@dataclass(frozen=True, slots=True)
class IngestionContext:
    """What the handlers of ingestion use."""

    database: Database
    documents: Documents
    lifecycle: DocumentLifecycle
    history: RevisionHistory
    rights: Rights


service = Service[IngestionContext]("ingestion")
# What is heard of a revision is kept however often this process dies or its tables are away.
PATIENCE = 1_000


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[IngestionContext]:
    """Opens the tables, and runs the outbox and the garbage collection beside the handlers."""
    here, own = settings(), ingestion_settings()
    async with Database.opened("ingestion", here) as database:
        outbox, orphans = Outbox(database, outgoing, bus), OrphanCollector(database, bus, own.orphan_seconds)
        rights = Rights(Keyring(here.keys_dir / "auth.pub"))
        beside = background(outbox.relay(), sweeping(database, bus, own.orphan_seconds), orphans.sweeping())
        async with beside, following(bus, rights.revocations):
            yield IngestionContext(
                database,
                Documents(database, outbox),
                DocumentLifecycle(database, outbox, own.revisions),
                RevisionHistory(database),
                rights,
            )


@service.check("tables")
async def tables() -> None:
    """The documents can be read."""
    async with service.context.database.reading() as connection:
        await connection.execute(text("SELECT 1 FROM documents LIMIT 1"))


@service.reply(Receive)
@service.publishes(DocumentUploaded, DocumentAccessChanged, DocumentRemoved)
async def receive(request: Receive, context: IngestionContext) -> Received:
    return await context.documents.receive(request, right(request, context.rights, "write"))


@service.reply(Describe)
async def describe(request: Describe, context: IngestionContext) -> DocumentStates:
    return await context.documents.describe(request, right(request, context.rights, "read"))


@service.reply(MayRead)
async def may_read(request: MayRead, context: IngestionContext) -> Readable:
    return await queries.may_read(context.database, request, right(request, context.rights, "ask"))


@service.reply(CheckAccess)
async def check_access(request: CheckAccess, context: IngestionContext) -> AccessChecked:
    return await queries.check_access(context.database, request, right(request, context.rights, "read"))


@service.reply(Amend)
@service.publishes(DocumentAmended)
async def amend(request: Amend, context: IngestionContext) -> DocumentState:
    return await context.documents.amend(request, right(request, context.rights, "write"))


@service.reply(ChangeAccess)
@service.publishes(DocumentAccessChanged)
async def change_access(request: ChangeAccess, context: IngestionContext) -> DocumentState:
    return await context.documents.change_access(request, right(request, context.rights, "manage"))


@service.reply(Retry)
@service.publishes(DocumentUploaded)
async def retry(request: Retry, context: IngestionContext) -> DocumentState:
    return await context.documents.retry(request, right(request, context.rights, "write"))


@service.reply(DescribeRevisions)
async def describe_revisions(request: DescribeRevisions, context: IngestionContext) -> DocumentHistory:
    return await context.history.describe(request, right(request, context.rights, "read"))


@service.reply(FindNewest)
async def find_newest(request: FindNewest, context: IngestionContext) -> Newest:
    return await context.history.newest(request, right(request, context.rights, "ask"))


@service.reply(DeleteDocument)
@service.publishes(DocumentRemoved)
async def discard(request: DeleteDocument, context: IngestionContext, bus: Bus) -> DocumentState:
    state = await context.documents.discard(request, right(request, context.rights, "write"))
    await sweep(context.database, bus)
    return state


@service.reply(DescribeRemoval)
async def describe_removal(request: DescribeRemoval, context: IngestionContext) -> Removal:
    return await deletion.described(context.database, request.document_id, right(request, context.rights, "write"))


@service.reply(ReadFile)
async def read_only(request: ReadFile, context: IngestionContext, bus: Bus) -> FileText:
    right(request, context.rights, "ask")
    return await read_file(request, bus, ingestion_settings())


@service.consume(DocumentUploaded, slots=lambda: ingestion_settings().waiting, attempts=PATIENCE)
@service.publishes(DocumentChunked, DocumentRejected, DocumentUploaded, DocumentAmended, DocumentRemoved)
async def read(uploaded: DocumentUploaded, context: IngestionContext, bus: Bus) -> None:
    """Its events go through the outbox, with the row."""
    await read_revision(uploaded, context.lifecycle, bus, ingestion_settings())


@service.subscribe(DocumentProgressed)
async def follow(event: DocumentProgressed, context: IngestionContext) -> None:
    await context.lifecycle.progressed(event)


@service.consume(DocumentIndexed, attempts=PATIENCE)
async def close(event: DocumentIndexed, context: IngestionContext) -> None:
    await context.lifecycle.indexed(event)
    DOCUMENTS_TOTAL.labels("indexed", "").inc()


@service.consume(DocumentEmbedded, attempts=PATIENCE)
async def complete(event: DocumentEmbedded, context: IngestionContext) -> None:
    await context.lifecycle.embedded(event)


@service.consume(DocumentRejected, attempts=PATIENCE)
async def refuse(event: DocumentRejected, context: IngestionContext) -> None:
    await context.lifecycle.refused(event)
    DOCUMENTS_TOTAL.labels("rejected", event.reason).inc()


@service.consume(DocumentForgotten, attempts=PATIENCE)
async def forget(event: DocumentForgotten, context: IngestionContext, bus: Bus) -> None:
    await deletion.forgotten(context.database, event)
    await sweep(context.database, bus)


@service.subscribe(RightsRevoked)
async def revoke(event: RightsRevoked, context: IngestionContext) -> None:
    context.rights.revocations.hear(event)


def right(request: Asked | MayRead | CheckAccess, rights: Rights, action: Action) -> Right:
    """What the caller may, or `Refused`."""
    return rights.check(request.capability, query=request.query, action=action)
