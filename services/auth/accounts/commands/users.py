"""Users. A name is never given twice, so that the audit log keeps meaning one person."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update

from services.auth import tables
from services.auth.accounts.commands import workspaces
from services.auth.accounts.directory import App, Directory, Person
from services.auth.accounts.repository import AccountChange
from services.auth.accounts.schemas import MembershipFields, UserFields
from services.auth.accounts.user_rows import insert
from services.auth.callers import Caller
from services.auth.errors import exists, not_found, require
from shared.errors import Refused

Model = UserFields


def permit(directory: Directory, caller: Caller, fields: UserFields | None) -> None:
    """Administrators alone."""
    require(caller)


async def make(change: AccountChange, caller: Caller, fields: UserFields, secret: str) -> dict[str, Any]:
    """`secret` is the password's stored form."""
    if fields.username in change.directory.used_names:
        raise exists("user", fields.username)
    groups, roles = list(dict.fromkeys(fields.groups)), list(dict.fromkeys(fields.roles))
    await insert(change, fields.username, secret, groups, roles)
    return {"username": fields.username, "groups": groups, "roles": roles}


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """All, for an administrator; else oneself."""
    if "admin" in caller.roles:
        people = sorted(directory.everybody.items())
        return [_shown(person) | {"locked": name in directory.locked} for name, person in people]
    return [_shown(caller.who)] if isinstance(caller.who, Person) else []


def _shown(person: Person) -> dict[str, Any]:
    return {"username": person.username, "groups": list(person.groups), "roles": list(person.roles)}


async def remove(change: AccountChange, caller: Caller, name: str) -> dict[str, Any]:
    """Their tokens end at once, their grants with them."""
    require(caller)
    person = found(change.directory, name)
    spare_last_admin(change.directory, person)
    gone = update(tables.users).where(tables.users.c.username == name)
    await change.connection.execute(gone.values(removed_at=datetime.now(UTC), password="", roles=[]))
    await change.connection.execute(delete(tables.members).where(tables.members.c.username == name))
    await change.connection.execute(delete(tables.grants).where(tables.grants.c.holder == f"person:{name}"))
    await change.record("user.removed", f"person:{name}")
    return {"username": name}


async def alter(change: AccountChange, caller: Caller, name: str, fields: MembershipFields) -> dict[str, Any]:
    """Other groups or roles; None leaves them as they are."""
    require(caller)
    person = found(change.directory, name)
    groups = person.groups if fields.groups is None else tuple(dict.fromkeys(fields.groups))
    roles = person.roles if fields.roles is None else tuple(dict.fromkeys(fields.roles))
    if "admin" not in roles:
        spare_last_admin(change.directory, person)
    await change.connection.execute(delete(tables.members).where(tables.members.c.username == name))
    places = [{"username": name, "group": group, "place": place} for place, group in enumerate(groups)]
    if places:
        await change.connection.execute(tables.members.insert(), places)
    mine = update(tables.users).where(tables.users.c.username == name)
    await change.connection.execute(mine.values(roles=list(roles)))
    await change.record("user.changed", person.principal.id, groups=list(groups), roles=list(roles))
    return {"username": name, "groups": list(groups), "roles": list(roles)}


def found(directory: Directory, name: str) -> Person:
    """The person of that name, locked or not; `Refused` (404)."""
    person = directory.everybody.get(name)
    if person is None:
        raise not_found("user")
    return person


def spare_last_admin(directory: Directory, person: Person) -> None:
    """`Refused` (409) for the only administrator who may sign in."""
    admins = {name for name, other in directory.people.items() if "admin" in other.roles}
    if admins == {person.username}:
        words = f"{person.username} is the only administrator. Make another one first."
        raise Refused("last_admin", words, 409)


def me(directory: Directory, caller: Caller) -> dict[str, Any]:
    """Who the caller is, and what they may where."""
    kind = "app" if isinstance(caller.who, App) else "person"
    about = {"id": caller.principal.id, "name": caller.who.name, "kind": kind, "groups": list(caller.who.groups)}
    return about | {"roles": list(caller.roles), "workspaces": workspaces.seen(directory, caller)}
