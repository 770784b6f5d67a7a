"""Administers limits, one for each holder."""

from typing import Any

from sqlalchemy import delete

from services.auth import tables
from services.auth.accounts.directory import Directory
from services.auth.accounts.repository import AccountChange
from services.auth.callers import Caller
from services.auth.errors import not_found, require
from services.auth.rights.limits import Limit
from services.auth.rights.schemas import LimitFields

Model = LimitFields


def permit(directory: Directory, caller: Caller, fields: LimitFields | None) -> None:
    """Administrators alone."""
    require(caller)


async def make(change: AccountChange, caller: Caller, fields: LimitFields, secret: str) -> dict[str, Any]:
    """In the place of the one before."""
    limit = Limit(fields.to, fields.daily, fields.opens, fields.closes, fields.days, fields.zone)
    await put(change, limit)
    return _shown(limit)


async def put(change: AccountChange, limit: Limit) -> None:
    """The row, and its record."""
    row = _shown(limit) | {"holder": limit.holder}
    row.pop("to")
    await change.connection.execute(delete(tables.limits).where(tables.limits.c.holder == limit.holder))
    await change.connection.execute(tables.limits.insert().values(**row))
    await change.record("limit.set", limit.holder, **{name: value for name, value in row.items() if name != "holder"})


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """All, for an administrator; else those that hold for the caller."""
    mine = set(directory.limits) if "admin" in caller.roles else set(caller.who.holders)
    return [_shown(limit) for holder, limit in sorted(directory.limits.items()) if holder in mine]


def _shown(limit: Limit) -> dict[str, Any]:
    about = {"to": limit.holder, "daily": limit.daily, "opens": limit.opens, "closes": limit.closes}
    return about | {"days": list(limit.days), "zone": limit.zone}


async def remove(change: AccountChange, caller: Caller, name: str) -> dict[str, Any]:
    """By its holder."""
    require(caller)
    if name not in change.directory.limits:
        raise not_found("limit")
    await change.connection.execute(delete(tables.limits).where(tables.limits.c.holder == name))
    await change.record("limit.removed", name)
    return {"to": name}
