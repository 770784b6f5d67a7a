"""Allow and deny lists given with an upload or a change."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.documents.access import must_manage, seen
from services.ingestion.documents.repository import Found
from services.ingestion.tables import documents
from shared.events import ChangeAccess, DocumentAccessChanged, Receive
from shared.security.acl import names
from shared.security.capability import Right
from shared.sql.outbox import Outbox

Lists = dict[str, list[str]]


def lists_of(request: Receive | ChangeAccess) -> Lists:
    """The lists that came along, in order; an upload's empty one says nothing, a change's empties the list."""
    came = {"allow": request.allow, "deny": request.deny}
    said = {field: list(names(field, value)) for field, value in came.items() if value is not None}
    return {field: value for field, value in said.items() if value or isinstance(request, ChangeAccess)}


async def relist(connection: AsyncConnection, outbox: Outbox, row: Found, given: Lists, right: Right) -> Found:
    """The row with these lists, in force for all its revisions and for what came in it; the same change nothing."""
    if given.items() <= row._asdict().items():
        return row
    must_manage(row, right)
    mine = documents.c.document_id == row.document_id
    await connection.execute(update(documents).where(mine).values(**given, access=row.access + 1))
    now = (await connection.execute(select(documents).where(mine))).one()
    told = {name: now._mapping.get(name) for name in DocumentAccessChanged.model_fields} | {"by": right.principal.id}
    await outbox.add(connection, DocumentAccessChanged.model_validate(told))
    for member in (await connection.execute(select(documents).where(documents.c.parent == row.document_id))).all():
        await relist(connection, outbox, member, given, right)
    return now


async def twin(connection: AsyncConnection, right: Right, about: Mapping[str, Any], before: Found | None = None) -> str:
    """What sets a document apart from one of the same title that its uploader may not see: its own id.

    A refusal or a changed title would tell them that there is one.
    """
    own = str(about["document_id"])
    titled = and_(documents.c.workspace == about["workspace"], documents.c.title == about["title"])
    hidden = and_(titled, documents.c.document_id != own, ~seen(right))
    apart = (before and before.twin) or (
        await connection.execute(select(documents.c.document_id).where(hidden))
    ).first()
    return own if apart else ""
