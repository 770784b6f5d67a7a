"""Workspaces. A name is never given twice: the documents of the first would show."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update

from services.auth import tables
from services.auth.accounts.directory import ACTIONS, Directory
from services.auth.accounts.repository import AccountChange
from services.auth.accounts.schemas import WorkspaceFields
from services.auth.callers import Caller
from services.auth.errors import exists, require, workspace_not_found

Model = WorkspaceFields


def permit(directory: Directory, caller: Caller, fields: WorkspaceFields | None) -> None:
    """Administrators alone."""
    require(caller)


async def make(change: AccountChange, caller: Caller, fields: WorkspaceFields, secret: str) -> dict[str, Any]:
    """Who makes it may do everything in it."""
    if fields.name in change.directory.used_workspaces:
        raise exists("workspace", fields.name)
    title, holder = fields.title or fields.name, caller.principal.id
    row = {"name": fields.name, "title": title, "created_at": datetime.now(UTC)}
    await change.connection.execute(tables.workspaces.insert().values(**row))
    grant = {"id": secrets.token_hex(16), "workspace": fields.name, "holder": holder, "actions": list(ACTIONS)}
    await change.connection.execute(tables.grants.insert().values(**grant))
    await change.record("workspace.created", fields.name, title=title)
    await change.record("grant.created", fields.name, grant_id=grant["id"], to=holder, actions=list(ACTIONS))
    return {"workspace": fields.name, "title": title}


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """Those in which the caller may do something."""
    may = {action: caller.allowed(directory, action) for action in ACTIONS}
    names = sorted(frozenset().union(*may.values()))
    return [
        {
            "workspace": name,
            "name": name,
            "title": directory.workspaces[name],
            "actions": [action for action in ACTIONS if name in may[action]],
        }
        for name in names
    ]


async def remove(change: AccountChange, caller: Caller, name: str) -> dict[str, Any]:
    """Nobody finds it any more; its grants end with it."""
    require(caller)
    if name not in change.directory.workspaces:
        raise workspace_not_found()
    gone = update(tables.workspaces).where(tables.workspaces.c.name == name)
    await change.connection.execute(gone.values(removed_at=datetime.now(UTC)))
    await change.connection.execute(delete(tables.grants).where(tables.grants.c.workspace == name))
    await change.record("workspace.removed", name)
    return {"workspace": name}
