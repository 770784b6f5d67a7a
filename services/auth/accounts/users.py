"""Users: made, seen and taken away. A name is never given twice, so that the trail keeps meaning one person."""

import time
from typing import Any

from sqlalchemy import delete, update

from services.auth import tables
from services.auth.accounts import workspaces
from services.auth.accounts.directory import App, Directory, Person
from services.auth.accounts.repository import Change
from services.auth.accounts.schemas import UserFields
from services.auth.accounts.user_rows import insert
from services.auth.admission import Caller
from services.auth.errors import exists, not_found, require
from shared.errors import Refused

Model = UserFields


def permit(directory: Directory, caller: Caller, fields: UserFields | None) -> None:
    """Administrators alone."""
    require(caller)


async def make(change: Change, caller: Caller, fields: UserFields, secret: str) -> dict[str, Any]:
    """`secret` is the password's stored form."""
    if fields.username in change.directory.used_names:
        raise exists("user", fields.username)
    groups, roles = list(dict.fromkeys(fields.groups)), list(dict.fromkeys(fields.roles))
    await insert(change, fields.username, secret, groups, roles)
    return {"username": fields.username, "groups": groups, "roles": roles}


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """All, for an administrator; else oneself."""
    if "admin" in caller.roles:
        return [_shown(person) for _, person in sorted(directory.people.items())]
    return [_shown(caller.who)] if isinstance(caller.who, Person) else []


def _shown(person: Person) -> dict[str, Any]:
    return {"username": person.username, "groups": list(person.groups), "roles": list(person.roles)}


async def remove(change: Change, caller: Caller, name: str) -> dict[str, Any]:
    """Their tokens end at once, their grants with them."""
    require(caller)
    person = change.directory.people.get(name)
    if person is None:
        raise not_found("user")
    if "admin" in person.roles and sum("admin" in other.roles for other in change.directory.people.values()) == 1:
        raise Refused("last_admin", f"{name} is the only administrator. Make another one first.", 409)
    gone = update(tables.users).where(tables.users.c.username == name)
    await change.connection.execute(gone.values(removed_at=int(time.time()), password="", roles=[]))
    await change.connection.execute(delete(tables.members).where(tables.members.c.username == name))
    await change.connection.execute(delete(tables.grants).where(tables.grants.c.holder == f"person:{name}"))
    await change.record("user.removed", f"person:{name}")
    return {"username": name}


def me(directory: Directory, caller: Caller) -> dict[str, Any]:
    """Who the caller is, and what they may where."""
    kind = "app" if isinstance(caller.who, App) else "person"
    about = {"id": caller.principal.id, "name": caller.who.name, "kind": kind, "groups": list(caller.who.groups)}
    return about | {"roles": list(caller.roles), "workspaces": workspaces.seen(directory, caller)}
