"""Retrieval without a bus: a library on a folder of the test's, chunks put into it, questions asked of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from services.retrieval.context import RetrievalContext
from services.retrieval.handlers import change_readers, forget, index
from services.retrieval.index.protocol import Scope
from services.retrieval.settings import RetrievalSettings
from shared.bus import Delivery
from shared.events import (
    Chunk,
    DocumentAccessChanged,
    DocumentChunked,
    DocumentIndexed,
    DocumentRemoved,
    Passage,
    Turn,
)
from shared.security.acl import Parties
from shared.settings import Settings
from shared.sql.database import Database


class Held(Delivery):
    """A delivery that nobody waits for."""

    async def in_progress(self) -> None:
        return


class Unheard:
    """A bus on which nobody hears what is told; it keeps the last revision that was."""

    indexed: DocumentIndexed | None = None

    async def publish(self, event: Any) -> None:
        self.indexed = event if isinstance(event, DocumentIndexed) else self.indexed

    publish_ephemeral = publish


@asynccontextmanager
async def open_context(
    home: Path, embedder: str = "tests.services.support.word_embedder:WordModel", **more: str
) -> AsyncIterator[RetrievalContext]:
    settings = Settings(home=home)
    own = RetrievalSettings.model_validate({"embedder": embedder} | more)
    context = RetrievalContext(Database("retrieval", settings), own, settings)
    await context.start()
    try:
        yield context
    finally:
        await context.close()


def batch(
    document: str, texts: Sequence[str], revision: int = 1, batch: int = 0, batches: int = 1, **more: Any
) -> DocumentChunked:
    about = {"workspace": "finance", "title": f"{document}.txt", "pages": 1} | more
    chunks = tuple(Chunk(n=batch * 64 + n, text=text, page=n + 1) for n, text in enumerate(texts))
    return DocumentChunked(
        document_id=document, revision=revision, batch=batch, batches=batches, chunks=chunks, **about
    )


async def put(context: RetrievalContext, event: DocumentChunked, vectors: bool = True) -> DocumentIndexed | None:
    bus = Unheard()
    assert await index(event, context, Held("document.chunked.v1", {}, b""), bus) is None
    while vectors and await context.vectors.step(bus):  # type: ignore[arg-type]
        pass
    return bus.indexed


async def remove(context: RetrievalContext, document: str, revision: int = 1) -> None:
    await forget(DocumentRemoved(document_id=document, revision=revision, workspace="finance", title=document), context)


async def open_up(
    context: RetrievalContext, document: str, access: int = 1, allow: Sequence[str] = (), deny: Sequence[str] = ()
) -> None:
    about = {"document_id": document, "revision": 1, "workspace": "finance", "title": document, "by": "person:alice"}
    about |= {"access": access, "allow": allow, "deny": deny}
    await change_readers(DocumentAccessChanged.model_validate(about), context)


async def ask(
    context: RetrievalContext,
    question: str,
    *workspaces: str,
    limit: int = 6,
    least: float = 0.0,
    parties: Parties = (("person:alice",),),
    history: Sequence[Turn] = (),
    asked_at: datetime | None = None,
) -> tuple[Passage, ...]:
    search = await context.search()
    analyzed = await search.analyzed(question, "person:alice", history, asked_at)
    return await search.passages(analyzed, Scope(workspaces or ("finance",), parties), limit, least)
