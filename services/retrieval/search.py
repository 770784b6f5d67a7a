"""A question in, passages out: inside the capability, and checked again in SQL just before they leave."""

import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Float, RowMapping, Select, bindparam, or_, select

from services.retrieval.evidence import Asked, unpacked
from services.retrieval.fusion import Candidate, fuse, only
from services.retrieval.index import DENSE, Scope
from services.retrieval.library import Library
from services.retrieval.rows import same_revision
from services.retrieval.tables import chunks, documents, revisions
from services.retrieval.tokens import question as worded
from shared.audience import open_to
from shared.capability import Right
from shared.database import Database
from shared.errors import Refused
from shared.events import Leg, Passage

KEPT = ("document_id", "revision", "workspace", "title", "page", "start", "end", "text")
PARTIES = ("principal", "through")  # whose names are asked; who speaks for themselves is both
DEEPER = 16  # times the candidates, when too many of the first may not be read
ALIKE = 0.9  # of two passages' terms together: the second says nothing new


def _readable() -> Select[tuple[object, ...]]:
    """Of the chunks `ids`, those of a current revision in force `now`, inside `workspaces`, open to both parties."""
    now = bindparam("now", type_=Float)
    current = (documents.c.document_id == chunks.c.document_id) & (documents.c.current == chunks.c.revision)
    parties: list[Any] = [bindparam(name, expanding=True) for name in PARTIES]
    return (
        select(chunks, revisions.c.title, revisions.c.workspace)
        .select_from(chunks.join(revisions, same_revision()).join(documents, current))
        .where(chunks.c.id.in_(bindparam("ids", expanding=True)))
        .where(revisions.c.workspace.in_(bindparam("workspaces", expanding=True)))
        .where(documents.c.withdrawn.is_(False), open_to(documents.c.allow, documents.c.deny, parties))
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
        self, question: str, scope: Scope, limit: int, least: float, leg: Leg = "fused"
    ) -> tuple[Passage, ...]:
        """At most `limit`, best first; none at all when the best of them supports the question less than `least`."""
        vector = (await self._library.embedder.questions([question]))[0]
        found = await self._ranked(question, vector, scope, limit, leg)
        if not found or max(one.support for one in found) < least:
            return ()
        return tuple(one.passage for one in found)

    async def _ranked(
        self,
        question: str,
        vector: Sequence[float],
        scope: Scope,
        limit: int,
        leg: Leg,
        deeper: bool = False,
    ) -> list[Found]:
        depth = self._candidates * (DEEPER if deeper else 1)
        fused = fuse(only(await self._library.index.search(vector, worded(question), scope, depth), leg))
        tried = fused if deeper else fused[: 4 * limit]
        rows = await self._readable([one.id for one in tried], scope)
        found = self._distinct(question, [one for one in tried if one.id in rows], rows, limit)
        # A revision on its way in, or one not yet in force, may crowd out what may be read.
        if len(rows) < len(tried) and len(found) < limit and not deeper:
            return await self._ranked(question, vector, scope, limit, leg, deeper=True)
        return found

    async def _readable(self, ids: Sequence[str], scope: Scope) -> dict[str, RowMapping]:
        asked: dict[str, Any] = {"ids": ids, "workspaces": scope.workspaces, "now": time.time()}
        asked |= {name: list(scope.parties[at % len(scope.parties)]) for at, name in enumerate(PARTIES)}
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


def allowed(right: Right, workspace: str | None = None) -> Scope:
    """Where this right may look, and as whom; a foreign workspace and one that does not exist are refused alike."""
    if workspace is None:
        return Scope(right.workspaces, right.parties)
    if workspace not in right.workspaces:
        words = f"There is no workspace {workspace!r} that you may ask. Check the name, or see /api/me."
        raise Refused("workspace_not_found", words, 404)
    return Scope((workspace,), right.parties)


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    together = len(one | other)
    return together > 0 and len(one & other) >= ALIKE * together


def _passage(row: RowMapping, found: Candidate) -> Passage:
    kept = {name: row[name] for name in KEPT}
    return Passage(**kept, chunk=row["n"], heading=tuple(row["heading"]), score=round(found.score, 4), legs=found.legs)
