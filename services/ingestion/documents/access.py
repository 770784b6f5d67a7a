"""What a capability shows of documents: readable ones, all for managers, the state of one's own uploads."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_

from services.ingestion.tables import documents, state
from shared.errors import Refused
from shared.events import AccessChecked, CheckAccess, DocumentState
from shared.security.acl import allows, open_to, spares
from shared.security.capability import Right

TAKES_MANAGING = "Who may read {0!r} is for those who manage {1}. Ask one of them, or leave `allow` and `deny` out."
WATCHERS = {"auditor", "admin"}


def readable(right: Right) -> ColumnElement[bool]:
    """Documents whose text is open: their workspace is, they are in force, and their lists let each party in."""
    lists = open_to(documents.c.allow, documents.c.deny, right.parties)
    return and_(documents.c.workspace.in_(right.workspaces), _in_force(), lists)


def seen(right: Right) -> ColumnElement[bool]:
    """Documents that are there for somebody: readers see what a search may show, writers those not in force too."""
    return and_(known(right), or_(_in_force(), documents.c.workspace.in_(right.writable)))


def known(right: Right) -> ColumnElement[bool]:
    """The same, in force or not: beside what the lists open those that one manages or brought."""
    managed = documents.c.workspace.in_(right.managed)
    brought = and_(documents.c.uploaded_by == right.principal.id, spares(documents.c.deny, right.parties))
    lists = open_to(documents.c.allow, documents.c.deny, right.parties)
    return and_(documents.c.workspace.in_(right.workspaces), or_(lists, managed, brought))


def _in_force() -> ColumnElement[bool]:
    """Neither withdrawn nor expired nor yet to come."""
    now, effective, expires = datetime.now(UTC), documents.c.effective, documents.c.expires
    begun = or_(effective.is_(None), effective <= now)
    return and_(documents.c.withdrawn.is_(False), begun, or_(expires.is_(None), expires > now))


def reads(row: Row[Any], right: Right) -> bool:
    """Whether its lists let the caller in."""
    return allows(row.allow, row.deny, right.parties)


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
        document=shown(row, right),
        denied=tuple(sorted(names & set(row.deny))),
        allowed=tuple(sorted(names & set(row.allow))),
        limited=bool(row.allow),
        may_read=allows(row.allow, row.deny, parties),
    )
