"""What a right lets somebody see of the documents: those open to them, all as a manager, the state of their own."""

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_

from services.ingestion.tables import documents, state
from shared.acl import lets_in, open_to, spares
from shared.capability import Right
from shared.errors import Refused
from shared.events import AccessChecked, CheckAccess, DocumentState

TAKES_MANAGING = "Who may read {0!r} is for those who manage {1}. Ask one of them, or leave `allow` and `deny` out."
WATCHERS = {"auditor", "admin"}


def readable(right: Right) -> ColumnElement[bool]:
    """Documents whose text is open: their workspace is, and their lists let each party in."""
    lists = open_to(documents.c.allow, documents.c.deny, right.parties)
    return and_(documents.c.workspace.in_(right.workspaces), lists)


def seen(right: Right) -> ColumnElement[bool]:
    """Documents that are there for somebody: beside the readable ones those they manage or brought."""
    managed = documents.c.workspace.in_(right.managed)
    brought = and_(documents.c.uploaded_by == right.principal.id, spares(documents.c.deny, right.parties))
    lists = open_to(documents.c.allow, documents.c.deny, right.parties)
    return and_(documents.c.workspace.in_(right.workspaces), or_(lists, managed, brought))


def reads(row: Row[Any], right: Right) -> bool:
    """Whether its lists let the caller in."""
    return lets_in(row.allow, row.deny, right.parties)


def shown(row: Row[Any], right: Right, **changes: object) -> DocumentState:
    """The state as this caller may see it: no bytes for whom the lists keep out, no lists unless they are theirs."""
    found = state(row, **changes)
    private = not (row.workspace in right.managed or row.uploaded_by == right.principal.id)
    lists: dict[str, None] = dict.fromkeys(("allow", "deny")) if private else {}
    return found.model_copy(update=lists if reads(row, right) else lists | {"object": ""})


def must_manage(row: Row[Any], right: Right) -> None:
    """`Refused` (403) for all but those who manage the document's workspace."""
    if row.workspace not in right.managed:
        raise Refused("forbidden", TAKES_MANAGING.format(row.title, row.workspace), 403)


def watches(right: Right) -> bool:
    """Auditors may ask why of any document."""
    return bool(WATCHERS & set(right.principal.roles))


def weighed(row: Row[Any], right: Right, request: CheckAccess) -> AccessChecked:
    """What the lists say; about others for managers and auditors alone."""
    if request.holders is not None and not watches(right):
        must_manage(row, right)
    parties = right.parties if request.holders is None else (request.holders,)
    names = {name for holders in parties for name in holders}
    return AccessChecked(
        document=shown(row, right), denied=tuple(sorted(names & set(row.deny))),
        allowed=tuple(sorted(names & set(row.allow))), limited=bool(row.allow),
        may_read=lets_in(row.allow, row.deny, parties),
    )  # fmt: skip
