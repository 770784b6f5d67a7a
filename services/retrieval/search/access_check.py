"""Where a right may look, and in SQL which hits may be shown. The tables decide; the index only finds."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, RowMapping, Select, and_, bindparam, or_, select

from services.retrieval.index.protocol import Scope
from services.retrieval.indexing.sql import same_revision
from services.retrieval.tables import chunks, documents, revisions
from shared.errors import Refused
from shared.security.acl import open_to
from shared.security.capability import Right
from shared.sql.database import Database
from shared.sql.utc import Utc

PARTIES = ("principal", "through")  # whose names are asked; who speaks for themselves is both


def allowed(right: Right, *workspaces: str | None) -> Scope:
    """Where this right may look, and as whom; a foreign workspace and one that does not exist are refused alike."""
    named = tuple(dict.fromkeys(name for name in workspaces if name is not None))
    for name in named:
        if name not in right.workspaces:
            words = f"There is no workspace {name!r} that you may ask. Check the name, or see /api/me."
            raise Refused("workspace_not_found", words, 404)
    return Scope(named or right.workspaces, right.parties)


def shown(right: Right) -> Scope:
    """Where passages may be shown as they are; where only summaries are allowed they may not."""
    scope = allowed(right)
    return scope._replace(workspaces=tuple(name for name in scope.workspaces if name not in right.summarised))


def is_current(table: Any) -> ColumnElement[bool]:
    """Joins `documents` with a table of revisions or chunks."""
    return and_(documents.c.document_id == table.c.document_id, documents.c.current == table.c.revision)


def open_now(
    parties: Sequence[Sequence[str] | BindParameter[Any]], now: datetime | BindParameter[Any]
) -> Sequence[ColumnElement[bool]]:
    """Of joined documents and revisions, those in force `now`, not withdrawn, and open to each party."""
    return (
        documents.c.withdrawn.is_(False),
        open_to(documents.c.allow, documents.c.deny, parties),
        or_(revisions.c.effective.is_(None), revisions.c.effective <= now),
        or_(revisions.c.expires.is_(None), revisions.c.expires > now),
    )


def _readable() -> Select[tuple[object, ...]]:
    """Of the chunks `ids`, those of a current revision in force `now`, inside `workspaces`, open to both parties."""
    parties: list[Any] = [bindparam(name, expanding=True) for name in PARTIES]
    return (
        select(chunks, revisions.c.title, revisions.c.workspace, revisions.c.effective)
        .select_from(chunks.join(revisions, same_revision()).join(documents, is_current(chunks)))
        .where(chunks.c.id.in_(bindparam("ids", expanding=True)))
        .where(revisions.c.workspace.in_(bindparam("workspaces", expanding=True)))
        .where(*open_now(parties, bindparam("now", type_=Utc)))
    )


READABLE = _readable()  # built once: building it costs as much as running it


async def readable(database: Database, ids: Sequence[str], scope: Scope) -> dict[str, RowMapping]:
    """By id."""
    asked: dict[str, Any] = {"ids": ids, "workspaces": scope.workspaces, "now": datetime.now(UTC)}
    asked |= {name: list(scope.parties[at % len(scope.parties)]) for at, name in enumerate(PARTIES)}
    async with database.reading() as connection:
        return {row["id"]: row for row in (await connection.execute(READABLE, asked)).mappings()}
