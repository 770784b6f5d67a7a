"""Grants: given and removed by administrators and by managers of the workspace."""

import secrets
from typing import Any

from sqlalchemy import delete

from services.auth import tables
from services.auth.accounts.directory import EVERYWHERE, Directory, Grant
from services.auth.accounts.repository import AccountChange
from services.auth.accounts.schemas import GrantFields
from services.auth.callers import Caller
from services.auth.errors import forbidden, not_found, require, workspace_not_found

Model = GrantFields


def permit(directory: Directory, caller: Caller, fields: GrantFields | None) -> None:
    """Who may manage some workspace; in another one, and in none, they see no workspace."""
    managed = caller.allowed(directory, "manage")
    if not managed and "admin" not in caller.roles:
        raise forbidden()
    if fields and fields.workspace == EVERYWHERE:
        require(caller)
    elif fields and fields.workspace not in managed:
        raise workspace_not_found()


async def make(change: AccountChange, caller: Caller, fields: GrantFields, secret: str) -> dict[str, Any]:
    """The same grant twice is one."""
    actions = tuple(dict.fromkeys(fields.actions))
    for grant in change.directory.grants.values():
        same = (grant.workspace, grant.to, grant.deny) == (fields.workspace, fields.to, fields.deny)
        if same and set(grant.actions) == set(actions):
            return _shown(grant)
    made = Grant(secrets.token_hex(16), fields.workspace, fields.to, actions, fields.deny)
    row = {"id": made.id, "workspace": made.workspace, "holder": made.to, "actions": list(actions), "deny": made.deny}
    await change.connection.execute(tables.grants.insert().values(**row))
    await change.record("grant.created", made.workspace, **_about(made))
    return _shown(made)


def _about(grant: Grant) -> dict[str, Any]:
    about = {"grant_id": grant.id, "to": grant.to, "actions": list(grant.actions)}
    return about | ({"deny": True} if grant.deny else {})


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """Those of the workspaces that the caller manages, and those that name the caller."""
    managed, mine = caller.allowed(directory, "manage"), caller.who.holders
    managed |= {EVERYWHERE} if "admin" in caller.roles else frozenset()
    found = [grant for grant in directory.grants.values() if grant.workspace in managed or grant.to in mine]
    return [_shown(grant) for grant in sorted(found, key=lambda grant: (grant.workspace, grant.to, grant.id))]


def _shown(grant: Grant) -> dict[str, Any]:
    about = {"grant_id": grant.id, "workspace": grant.workspace, "to": grant.to, "actions": list(grant.actions)}
    return about | {"deny": grant.deny}


async def remove(change: AccountChange, caller: Caller, name: str) -> dict[str, Any]:
    """By its id."""
    permit(change.directory, caller, None)
    grant = change.directory.grants.get(name)
    if grant is None or not _manages(change.directory, caller, grant):
        raise not_found("grant")
    await change.connection.execute(delete(tables.grants).where(tables.grants.c.id == name))
    await change.record("grant.removed", grant.workspace, **_about(grant))
    return {"grant_id": name}


def _manages(directory: Directory, caller: Caller, grant: Grant) -> bool:
    if grant.workspace == EVERYWHERE:
        return "admin" in caller.roles
    return grant.workspace in caller.allowed(directory, "manage")
