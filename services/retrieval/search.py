"""A question in, passages out: inside the capability, and checked again in SQL just before they leave."""

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Float, RowMapping, Select, bindparam, or_, select

from services.retrieval.evidence import Asked, unpacked
from services.retrieval.fusion import Candidate, fuse, only
from services.retrieval.index import DENSE
from services.retrieval.library import Library
from services.retrieval.rows import same_revision
from services.retrieval.tables import chunks, documents, revisions
from services.retrieval.tokens import question as worded
from shared.capability import Right
from shared.database import Database
from shared.errors import Refused
from shared.events import Leg, Passage

KEPT = ("document_id", "revision", "workspace", "title", "page", "start", "end", "text")
DEEPER = 16  # times the candidates, when too many of the first may not be read
ALIKE = 0.9  # of two passages' terms together: the second says nothing new


def _readable() -> Select[tuple[object, ...]]:
    """Of the chunks `ids`, those of a current revision in force `now`, inside `workspaces`."""
    now = bindparam("now", type_=Float)
    current = (documents.c.document_id == chunks.c.document_id) & (documents.c.current == chunks.c.revision)
    return (
        select(chunks, revisions.c.title, revisions.c.workspace)
        .select_from(chunks.join(revisions, same_revision()).join(documents, current))
        .where(chunks.c.id.in_(bindparam("ids", expanding=True)))
        .where(revisions.c.workspace.in_(bindparam("workspaces", expanding=True)))
        .where(or_(revisions.c.effective.is_(None), revisions.c.effective <= now))
        .where(or_(revisions.c.expires.is_(None), revisions.c.expires > now))
    )


READABLE = _readable()  # built once: building it costs as much as running it


class Found(NamedTuple):
    """A passage, its terms and how far it speaks about the question."""

    passage: Passage
    terms: frozenset[int]
    support: float


class Search:
    """Hybrid search over a library; `candidates` of each leg."""

    def __init__(self, library: Library, database: Database, candidates: int) -> None:
        self._library, self._database, self._candidates = library, database, candidates

    async def passages(
        self, question: str, workspaces: Sequence[str], limit: int, least: float, leg: Leg = "fused"
    ) -> tuple[Passage, ...]:
        """At most `limit`, best first; none at all when the best of them supports the question less than `least`."""
        vector = (await self._library.embedder.questions([question]))[0]
        found = await self._ranked(question, vector, workspaces, limit, leg)
        if not found or max(one.support for one in found) < least:
            return ()
        return tuple(one.passage for one in found)

    async def _ranked(
        self,
        question: str,
        vector: Sequence[float],
        workspaces: Sequence[str],
        limit: int,
        leg: Leg,
        deeper: bool = False,
    ) -> list[Found]:
        depth = self._candidates * (DEEPER if deeper else 1)
        fused = fuse(only(await self._library.index.search(vector, worded(question), workspaces, depth), leg))
        tried = fused if deeper else fused[: 4 * limit]
        rows = await self._readable([one.id for one in tried], workspaces)
        found = self._distinct(question, [one for one in tried if one.id in rows], rows, limit)
        # A revision on its way in, or one not yet in force, may crowd out what may be read.
        if len(rows) < len(tried) and len(found) < limit and not deeper:
            return await self._ranked(question, vector, workspaces, limit, leg, deeper=True)
        return found

    async def _readable(self, ids: Sequence[str], workspaces: Sequence[str]) -> dict[str, RowMapping]:
        asked = {"ids": ids, "workspaces": workspaces, "now": time.time()}
        async with self._database.reading() as session:
            return {row["id"]: row for row in (await session.execute(READABLE, asked)).mappings()}

    def _distinct(
        self, question: str, order: Iterable[Candidate], rows: dict[str, RowMapping], limit: int
    ) -> list[Found]:
        asked, found = Asked(question), list[Found]()
        for one in order:
            row = rows[one.id]
            terms = unpacked(row["terms"])
            if any(_alike(terms, other.terms) for other in found):
                continue
            strength = self._library.scale.strength(one.legs.get(DENSE))
            found.append(Found(_passage(row, one), terms, asked.support(row["text"], terms, strength)))
            if len(found) == limit:
                break
        return found


def allowed(right: Right, workspace: str | None) -> tuple[str, ...]:
    """Where this right may look; a foreign workspace and one that does not exist are refused alike."""
    if workspace is None:
        return right.workspaces
    if workspace not in right.workspaces:
        words = f"There is no workspace {workspace!r} that you may ask. Check the name, or see /api/me."
        raise Refused("workspace_not_found", words, 404)
    return (workspace,)


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    together = len(one | other)
    return together > 0 and len(one & other) >= ALIKE * together


def _passage(row: RowMapping, found: Candidate) -> Passage:
    kept = {name: row[name] for name in KEPT}
    return Passage(**kept, chunk=row["n"], heading=tuple(row["heading"]), score=round(found.score, 4), legs=found.legs)
