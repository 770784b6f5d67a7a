"""Locks, unlocks and offboards a person, and hands over what they own."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update

from services.auth import tables
from services.auth.accounts.commands.users import found, spare_last_admin
from services.auth.accounts.directory import Grant, Person
from services.auth.accounts.repository import AccountChange
from services.auth.callers import Caller
from services.auth.errors import require
from services.auth.rights.schemas import NoFields, OffboardFields
from shared.errors import Refused


async def lock(change: AccountChange, caller: Caller, name: str, fields: NoFields) -> dict[str, Any]:
    """Whatever they proved themselves with before ends for good, also when they are let in again."""
    person = _one(change, caller, name)
    spare_last_admin(change.directory, person)
    await lock_out(change, person)
    await change.record("user.locked", person.principal.id)
    return {"username": name, "locked": True}


async def unlock(change: AccountChange, caller: Caller, name: str, fields: NoFields) -> dict[str, Any]:
    """They sign in anew."""
    person = _one(change, caller, name)
    mine = update(tables.users).where(tables.users.c.username == name)
    await change.connection.execute(mine.values(locked_at=None))
    await change.record("user.unlocked", person.principal.id)
    return {"username": name, "locked": False}


async def offboard(change: AccountChange, caller: Caller, name: str, fields: OffboardFields) -> dict[str, Any]:
    """Locked, out of groups and roles; their grants and keys go to `to`, their keys' secrets end."""
    person = _one(change, caller, name)
    spare_last_admin(change.directory, person)
    heir = _heir(change, person, fields.to)
    await lock_out(change, person, roles=[])
    await change.connection.execute(delete(tables.members).where(tables.members.c.username == name))
    owned = {"grants": await _hand_over_grants(change, person, heir), "keys": await _keys(change, person, heir, fields)}
    about = {"to": heir, "groups": list(person.groups), "roles": list(person.roles)} | owned
    await change.record("user.offboarded", person.principal.id, **about)
    return {"username": name, "locked": True} | about


def _one(change: AccountChange, caller: Caller, name: str) -> Person:
    require(caller)
    return found(change.directory, name)


def _heir(change: AccountChange, person: Person, to: str | None) -> str | None:
    if to is None:
        return None
    if to not in change.directory.people or to == person.username:
        raise Refused("invalid", f"The field 'to' cannot be {to!r}: nobody else has that account. Correct it.", 422)
    return f"person:{to}"


async def lock_out(change: AccountChange, person: Person, **more: object) -> None:
    """The row alone; who may do it, and the record, are for the caller."""
    # The tokens of before name the old uid.
    values = {"locked_at": datetime.now(UTC), "uid": secrets.token_hex(16)} | more
    mine = update(tables.users).where(tables.users.c.username == person.username)
    await change.connection.execute(mine.values(**values))


async def _hand_over_grants(change: AccountChange, person: Person, heir: str | None) -> list[dict[str, Any]]:
    mine = [grant for grant in change.directory.grants.values() if grant.to == person.principal.id]
    theirs = tables.grants.c.holder == person.principal.id
    if heir:
        kept = update(tables.grants).where(theirs, tables.grants.c.deny.is_(False))
        await change.connection.execute(kept.values(holder=heir))
    await change.connection.execute(delete(tables.grants).where(theirs))
    return [_shown(grant) for grant in mine if not grant.deny]


async def _keys(change: AccountChange, person: Person, heir: str | None, fields: OffboardFields) -> list[str]:
    """Who leaves may know the secrets of the keys that they made."""
    names = sorted(app.name for app in change.directory.apps.values() if app.owner == person.principal.id)
    if names and not fields.keep_keys:
        await change.connection.execute(delete(tables.secrets).where(tables.secrets.c.name.in_(names)))
    owned = update(tables.keys).where(tables.keys.c.owner == person.principal.id)
    await change.connection.execute(owned.values(owner=heir or ""))
    return names


def _shown(grant: Grant) -> dict[str, Any]:
    return {"grant_id": grant.id, "workspace": grant.workspace, "actions": list(grant.actions)}
