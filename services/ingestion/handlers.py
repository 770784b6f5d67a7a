"""File in, chunks out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from joserfc.jwk import OKPKey
from sqlalchemy import text

from services.ingestion.documents import deletion, queries
from services.ingestion.documents.lifecycle import Journey
from services.ingestion.documents.revisions import History
from services.ingestion.documents.service import Documents
from services.ingestion.pipeline import read_revision
from services.ingestion.settings import IngestionSettings, ingestion_settings
from services.ingestion.storage.object_gc import sweep, sweeping
from services.ingestion.storage.orphan_gc import Orphans
from services.ingestion.tables import outgoing
from shared.bus import Bus, Depends, Service, connected
from shared.capability import Right, check, public_key
from shared.database import Database
from shared.errors import NotReady
from shared.events import (
    Action,
    Amend,
    ChangeAccess,
    Describe,
    DescribeRemoval,
    DescribeRevisions,
    Discard,
    DocumentAccessChanged,
    DocumentAmended,
    DocumentChunked,
    DocumentForgotten,
    DocumentHistory,
    DocumentIndexed,
    DocumentProgressed,
    DocumentRejected,
    DocumentRemoved,
    DocumentState,
    DocumentStates,
    DocumentUploaded,
    FindNewest,
    MayRead,
    Newest,
    Readable,
    Receive,
    Removal,
    Retry,
    Weigh,
    Weighed,
)
from shared.outbox import Outbox
from shared.settings import settings

Asked = Receive | Describe | Amend | ChangeAccess | Discard | Retry | DescribeRevisions | DescribeRemoval | FindNewest
service = Service("ingestion")
# What is heard of a revision is kept however often this process dies or its tables are away.
PATIENCE = 1_000


@service.lifespan
async def run(bus: Bus) -> AsyncIterator[None]:
    """Tables, the outbox's relay and the sweep of objects."""
    database = Database("ingestion", settings())
    await database.migrate()
    outbox = Outbox(database, outgoing, bus)
    journey = Journey(database, outbox, ingestion_settings().revisions)
    service.state.update(
        database=database, documents=Documents(database, outbox), journey=journey, history=History(database)
    )
    orphans = Orphans(database, bus, ingestion_settings().orphan_seconds)
    running = (outbox.relay(), sweeping(database, bus), orphans.sweeping())
    tasks = [asyncio.create_task(task) for task in running]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await database.close()


@service.check("tables")
async def tables() -> None:
    """The documents can be read."""
    database: Database | None = service.state.get("database")
    if database is None:
        raise NotReady("ingestion has not opened its tables yet")
    async with database.reading() as connection:
        await connection.execute(text("SELECT 1 FROM documents LIMIT 1"))


async def shelf() -> Documents:
    """Dependency: the documents."""
    documents: Documents = service.state["documents"]
    return documents


async def way() -> Journey:
    """Dependency: the revisions on their way."""
    journey: Journey = service.state["journey"]
    return journey


async def past() -> History:
    """Dependency: the revisions that were."""
    history: History = service.state["history"]
    return history


def key() -> OKPKey:
    """Dependency: the key that capabilities are checked with."""
    if "key" not in service.state:
        service.state["key"] = public_key(settings().keys_dir / "auth.pub")
    found: OKPKey = service.state["key"]
    return found


Shelf = Annotated[Documents, Depends(shelf)]
Way = Annotated[Journey, Depends(way)]
Past = Annotated[History, Depends(past)]
Key = Annotated[OKPKey, Depends(key)]
OnBus = Annotated[Bus, Depends(connected)]


@service.answers(Receive)
@service.emits(DocumentUploaded, DocumentAccessChanged, DocumentRemoved)
async def receive(request: Receive, documents: Shelf, key: Key) -> DocumentState:
    return await documents.receive(request, right(request, key, "write"))


@service.answers(Describe)
async def describe(request: Describe, documents: Shelf, key: Key) -> DocumentStates:
    return await documents.describe(request, right(request, key, "read"))


@service.answers(MayRead)
async def may_read(request: MayRead, documents: Shelf, key: Key) -> Readable:
    return await queries.may_read(documents.database, request, right(request, key, "ask"))


@service.answers(Weigh)
async def weigh(request: Weigh, documents: Shelf, key: Key) -> Weighed:
    return await queries.weigh(documents.database, request, right(request, key, "read"))


@service.answers(Amend)
@service.emits(DocumentAmended)
async def amend(request: Amend, documents: Shelf, key: Key) -> DocumentState:
    return await documents.amend(request, right(request, key, "write"))


@service.answers(ChangeAccess)
@service.emits(DocumentAccessChanged)
async def change_access(request: ChangeAccess, documents: Shelf, key: Key) -> DocumentState:
    return await documents.change_access(request, right(request, key, "manage"))


@service.answers(Retry)
@service.emits(DocumentUploaded)
async def retry(request: Retry, documents: Shelf, key: Key) -> DocumentState:
    return await documents.retry(request, right(request, key, "write"))


@service.answers(DescribeRevisions)
async def look_back(request: DescribeRevisions, history: Past, key: Key) -> DocumentHistory:
    return await history.describe(request, right(request, key, "read"))


@service.answers(FindNewest)
async def find_newest(request: FindNewest, history: Past, key: Key) -> Newest:
    return await history.newest(request, right(request, key, "ask"))


@service.answers(Discard)
@service.emits(DocumentRemoved)
async def discard(request: Discard, documents: Shelf, key: Key, bus: OnBus) -> DocumentState:
    state = await documents.discard(request, right(request, key, "write"))
    await sweep(documents.database, bus)
    return state


@service.answers(DescribeRemoval)
async def look_after(request: DescribeRemoval, documents: Shelf, key: Key) -> Removal:
    return await deletion.described(documents.database, request.document_id, right(request, key, "write"))


@service.on(DocumentUploaded, slots=lambda: ingestion_settings().waiting, attempts=PATIENCE)
@service.emits(DocumentChunked, DocumentRejected, DocumentUploaded, DocumentAmended, DocumentRemoved)
async def read(
    uploaded: DocumentUploaded,
    journey: Way,
    bus: OnBus,
    limits: Annotated[IngestionSettings, Depends(ingestion_settings)],
) -> None:
    """Its events go through the outbox, with the row."""
    await read_revision(uploaded, journey, bus, limits)


@service.hears(DocumentProgressed)
async def follow(event: DocumentProgressed, journey: Way) -> None:
    await journey.progressed(event)


@service.on(DocumentIndexed, attempts=PATIENCE)
async def close(event: DocumentIndexed, journey: Way) -> None:
    await journey.indexed(event)


@service.on(DocumentRejected, attempts=PATIENCE)
async def refuse(event: DocumentRejected, journey: Way) -> None:
    await journey.refused(event)


@service.on(DocumentForgotten, attempts=PATIENCE)
async def forget(event: DocumentForgotten, documents: Shelf, bus: OnBus) -> None:
    await deletion.forgotten(documents.database, event)
    await sweep(documents.database, bus)


def right(request: Asked | MayRead | Weigh, key: OKPKey, action: Action) -> Right:
    """What the caller may, or `Refused`."""
    return check(request.capability, key, query=request.query, action=action)
