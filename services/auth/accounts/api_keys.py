"""API keys of business systems: the secret is told once, its digest kept. With `bus` it is also a password of EDGE."""

import time
from typing import Any

from sqlalchemy import delete

from services.auth import tables
from services.auth.accounts.directory import App, Directory
from services.auth.accounts.repository import Change
from services.auth.accounts.schemas import KeyFields
from services.auth.admission import Caller
from services.auth.credentials.tokens import digest
from services.auth.errors import exists, not_found, require, workspace_not_found
from shared.settings import settings

Model = KeyFields


def permit(directory: Directory, caller: Caller, fields: KeyFields | None) -> None:
    """Administrators alone."""
    require(caller)


async def make(change: Change, caller: Caller, fields: KeyFields, secret: str) -> dict[str, Any]:
    """`secret` is the key itself. A removed name may be used again: a new key for the same system."""
    if fields.name in change.directory.apps:
        raise exists("key", fields.name)
    if not set(fields.workspaces) <= set(change.directory.workspaces):
        raise workspace_not_found()
    expires = int(fields.expires.timestamp()) if fields.expires else None
    spaces = sorted(set(fields.workspaces))
    row = {"name": fields.name, "digest": digest(secret), "workspaces": spaces, "bus": fields.bus}
    row |= {"expires_at": expires, "created_at": int(time.time())}
    await change.connection.execute(tables.keys.insert().values(**row))
    await change.record("key.created", f"app:{fields.name}", workspaces=spaces, bus=fields.bus, expires_at=expires)
    made: dict[str, Any] = {"name": fields.name, "key": secret, "workspaces": spaces, "bus": fields.bus}
    return made | ({"answer_keys": answer_keys()} if fields.bus else {})


def answer_keys() -> dict[str, str]:
    """The public keys that answers are signed with, by name, as PEM."""
    return {path.stem: path.read_text() for path in sorted((settings().keys_dir / "answers").glob("*.pub"))}


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """All, for an administrator; a system sees its own. Never the secret."""
    if "admin" in caller.roles:
        return [_shown(app) for _, app in sorted(directory.apps.items())]
    return [_shown(caller.who)] if isinstance(caller.who, App) else []


def _shown(app: App) -> dict[str, Any]:
    return {"name": app.name, "workspaces": sorted(app.workspaces), "bus": app.bus, "expires_at": app.expires_at}


async def remove(change: Change, caller: Caller, name: str) -> dict[str, Any]:
    """Refused from now on; what was granted to the system beside its key ends with it."""
    require(caller)
    if name not in change.directory.apps:
        raise not_found("key")
    await change.connection.execute(delete(tables.keys).where(tables.keys.c.name == name))
    await change.connection.execute(delete(tables.grants).where(tables.grants.c.holder == f"app:{name}"))
    await change.record("key.removed", f"app:{name}")
    return {"name": name}
