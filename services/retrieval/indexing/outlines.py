"""Keeps the headings of revisions, to be looked for while somebody types."""

from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.retrieval.tables import outlines
from shared.events import Chunk, DocumentChunked

LONGEST = 300  # characters of a heading with those above it
MOST = 2_000  # headings of a revision
APART = " › "


async def extend_outline(connection: AsyncConnection, batch: DocumentChunked) -> None:
    """The headings of a batch that its revision has not yet; the caller holds the document's row."""
    which = (outlines.c.document_id == batch.document_id) & (outlines.c.revision == batch.revision)
    known = (await connection.execute(select(outlines.c.lines).where(which))).scalar() or ""
    before = known.splitlines()
    lines = outlined(before, batch.chunks)
    if lines == before:
        return
    values = {"lines": "\n".join(lines), "folded": "\n".join(lines).casefold()}
    if before:
        await connection.execute(update(outlines).where(which).values(values))
        return
    key = {"document_id": batch.document_id, "revision": batch.revision, "workspace": batch.workspace}
    await connection.execute(insert(outlines).values(key | values))


def outlined(before: Sequence[str], chunks: Iterable[Chunk]) -> list[str]:
    """Lines of page, tab, heading: each heading once, at its first page."""
    found = {line.partition("\t")[2]: int(line.partition("\t")[0]) for line in before}
    for chunk in chunks:
        for path in chunk.sections or (chunk.heading,):
            for depth in range(1, len(path) + 1):
                shown = joined(path[:depth])
                found[shown] = min(found.get(shown, chunk.page), chunk.page)
    return [f"{page}\t{heading}" for heading, page in found.items() if heading.strip()][:MOST]


def joined(path: Sequence[str]) -> str:
    """A heading below those above it, on one line; of a long one its end, which tells more."""
    whole = " ".join(APART.join(path).split())
    return whole if len(whole) <= LONGEST else "…" + whole[1 - LONGEST :]
