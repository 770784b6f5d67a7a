"""Finds documents by their titles and headings while somebody types: no model, no index, two looks into the tables."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, Subquery, and_, func, select

from services.retrieval.index.protocol import Scope
from services.retrieval.indexing.outlines import APART
from services.retrieval.search.access_check import is_current, open_now
from services.retrieval.tables import documents, outlines, revisions
from shared.events import Place
from shared.sql.database import Database

WORDS = 8  # of what is typed that are looked for
# Documents whose lists and dates are looked at, of each kind: checking one costs more than finding it.
CANDIDATES = 60


async def find_places(database: Database, text: str, scope: Scope, limit: int) -> tuple[Place, ...]:
    """Titles before headings, the shortest first; each holds all words of the text. Only what the scope may find."""
    words = text.casefold().split()[:WORDS]
    if not words or not scope.workspaces:
        return ()
    async with database.reading() as connection:
        titled = (await connection.execute(_open(_titled(words, scope), scope))).mappings().all()
        headed = (await connection.execute(_open(_headed(words, scope), scope))).mappings().all()
    titles = sorted(titled, key=lambda row: (len(row["title"]), row["title"]))[:limit]
    places = [(len(heading), heading, page, row) for row in headed for page, heading in _held(row["lines"], words)]
    headings = heapq.nsmallest(limit - len(titles), places, key=lambda place: place[:2])
    found = [_place(row) for row in titles]
    return (*found, *(_place(row, int(page), heading) for _, heading, page, row in headings))


def _titled(words: Sequence[str], scope: Scope) -> Subquery:
    held = (revisions.c.title.icontains(word, autoescape=True) for word in words)
    found = select(revisions.c.document_id, revisions.c.revision).where(
        revisions.c.workspace.in_(scope.workspaces), *held
    )
    return found.order_by(func.length(revisions.c.title)).limit(CANDIDATES).subquery()


def _headed(words: Sequence[str], scope: Scope) -> Subquery:
    held = (outlines.c.folded.contains(word, autoescape=True) for word in words)
    found = select(outlines.c.document_id, outlines.c.revision, outlines.c.lines)
    return found.where(outlines.c.workspace.in_(scope.workspaces), *held).limit(CANDIDATES).subquery()


def _open(found: Subquery, scope: Scope) -> Select[Any]:
    """Of these revisions the current ones, in force now, open to each of the scope's parties."""
    same = and_(revisions.c.document_id == found.c.document_id, revisions.c.revision == found.c.revision)
    wanted = select(found, revisions.c.title, revisions.c.workspace)
    wanted = wanted.select_from(found.join(revisions, same).join(documents, is_current(revisions)))
    return wanted.where(*open_now(scope.parties, datetime.now(UTC)))


def _held(lines: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Page and heading of each line that holds all the words."""
    for line in lines.splitlines():
        page, _, heading = line.partition("\t")
        folded = heading.casefold()
        # Those above it may hold some of the words, not all: else each heading of a chapter would fit its name.
        own = folded.rpartition(APART)[2]
        if all(word in folded for word in words) and any(word in own for word in words):
            yield page, heading


def _place(row: RowMapping, page: int = 1, heading: str = "") -> Place:
    named = {name: row[name] for name in ("document_id", "revision", "title", "workspace")}
    return Place(**named, page=page, heading=heading)
