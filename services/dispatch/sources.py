"""Publishes the sources of an answer before a worker is free."""

from collections.abc import Collection

from shared.events import QueryGrounded, QueryStreamed, Source

MOST = 8


def sources(query: QueryGrounded, summarised: Collection[str] = ()) -> QueryStreamed:
    """Each page once, the best passage's first; none of what may only be summed up."""
    pages: dict[tuple[str, int], Source] = {}
    for passage in query.passages:
        if passage.workspace in summarised:
            continue
        found = Source(
            document_id=passage.document_id,
            revision=passage.revision,
            title=passage.title,
            page=passage.page,
            heading=" › ".join(passage.heading),
        )
        pages.setdefault((passage.document_id, passage.page), found)
    told = tuple(pages.values())[:MOST]
    return QueryStreamed(query=query.query, client=query.client, kind="progress", stage="grounded", sources=told)
