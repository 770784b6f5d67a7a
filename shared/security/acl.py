"""The access rule over a document's allow and deny lists, for one row and for SQL."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, or_

from shared.errors import Refused
from shared.sql.json_lists import has_any

MOST = 100  # names in one list: their events and payloads stay small
ROLES = "admin|auditor|manager|reviewer|member"
GROUP = r"\w[\w .&/-]{0,62}"
HOLDER = rf"(group:{GROUP}|person:[a-z0-9][a-z0-9._-]{{0,62}}|role:({ROLES})|app:[a-z0-9-]{{1,64}})"
REMEDY = "Use `group:finance`, `person:alice`, `role:manager` or `app:crm`."

Parties = Sequence[Sequence[str]]


def allows(allow: Collection[str], deny: Collection[str], parties: Parties) -> bool:
    """Each party passes: none of its names is denied, and one is allowed where the list of these is not empty."""
    return all(not set(deny) & set(holders) and (not allow or bool(set(allow) & set(holders))) for holders in parties)


def open_to(allow: Any, deny: Any, parties: Sequence[Sequence[str] | BindParameter[Any]]) -> ColumnElement[bool]:
    """The same for two columns that hold lists as JSON; a party's names may be a parameter that takes a list."""
    return and_(*(_passes(allow, deny, holders) for holders in parties))


def spares(deny: Any, parties: Parties) -> ColumnElement[bool]:
    """No name of any party is on this list."""
    return and_(*(~has_any(deny, holders) for holders in parties))


def _passes(allow: Any, deny: Any, holders: Sequence[str] | BindParameter[Any]) -> ColumnElement[bool]:
    return and_(~has_any(deny, holders), or_(~has_any(allow), has_any(allow, holders)))


def names(field: str, given: Iterable[str]) -> tuple[str, ...]:
    """The list in order and without repeats; `Refused` (422) names what is no holder's name."""
    kept = tuple(sorted(set(given)))
    for name in kept:
        if not re.fullmatch(HOLDER, name):
            raise Refused("invalid", f"The field '{field}' cannot hold {name[:80]!r}. {REMEDY}", 422)
    if len(kept) > MOST:
        words = f"The field '{field}' cannot hold {len(kept)} names, {MOST} at most. Put people into a group."
        raise Refused("invalid", words, 422)
    return kept
