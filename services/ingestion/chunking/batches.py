"""Batches of chunks, as large as the bus takes and retrieval embeds at a time."""

from collections.abc import Iterator

from services.ingestion.documents.repository import Found
from services.ingestion.sandbox.client import Parsed
from services.ingestion.tables import state
from shared.events import Chunk, DocumentChunked, DocumentUploaded

# Retrieval embeds a batch at a time; the bus takes a megabyte.
BATCH = 64
BATCH_BYTES = 400_000
ALONG = {"effective", "expires", "withdrawn", "allow", "deny"}


def chunked(uploaded: DocumentUploaded, found: Parsed, row: Found) -> Iterator[DocumentChunked]:
    """All chunks of a revision, with what the document's row says of who may find it and when."""
    parts = list(batches(found.chunks)) or [()]
    about = uploaded.model_dump(include={"document_id", "revision", "workspace"}) | {"title": row.title}
    about |= state(row).model_dump(include=ALONG) | {"access": row.access}
    about |= {"batches": len(parts), "pages": found.pages}
    return (DocumentChunked.model_validate(about | {"batch": n, "chunks": part}) for n, part in enumerate(parts))


def batches(chunks: tuple[Chunk, ...]) -> Iterator[tuple[Chunk, ...]]:
    """At most 64 chunks and 400 KB of JSON each."""
    batch: list[Chunk] = []
    size = 0
    for chunk in chunks:
        weight = len(chunk.model_dump_json().encode()) + 1
        if batch and (len(batch) == BATCH or size + weight > BATCH_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(chunk)
        size += weight
    if batch:
        yield tuple(batch)
