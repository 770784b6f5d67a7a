"""API keys of business systems. Only the digest of a secret is stored. `bus` keys are passwords of account EDGE."""

import secrets as random
import time
from typing import Any

from sqlalchemy import delete, update

from services.auth import tables
from services.auth.accounts.directory import App, Directory, Secret
from services.auth.accounts.repository import AccountChange
from services.auth.accounts.schemas import KeyFields
from services.auth.callers import Caller
from services.auth.credentials.tokens import digest
from services.auth.errors import exists, not_found, require, workspace_not_found
from services.auth.rights.limit_rules import put
from services.auth.rights.limits import Limit
from services.auth.rights.schemas import RotateFields
from shared.settings import settings
from shared.sql.utc import moment

Model = KeyFields


def permit(directory: Directory, caller: Caller, fields: KeyFields | None) -> None:
    """Administrators alone."""
    require(caller)


async def make(change: AccountChange, caller: Caller, fields: KeyFields, secret: str) -> dict[str, Any]:
    """`secret` is the key itself. A removed name may be used again: a new key for the same system."""
    if fields.name in change.directory.apps:
        raise exists("key", fields.name)
    if not set(fields.workspaces) <= set(change.directory.workspaces):
        raise workspace_not_found()
    now, expires = int(time.time()), int(fields.expires.timestamp()) if fields.expires else None
    about = {"workspaces": sorted(set(fields.workspaces)), "bus": fields.bus, "expires_at": expires}
    about |= {"scopes": list(fields.scopes), "origins": list(fields.origins)}
    row = about | {"owner": caller.principal.id, "created_at": moment(now), "expires_at": moment(expires)}
    row["asks_after"] = change.newest_question
    await change.connection.execute(tables.keys.insert().values(name=fields.name, **row))
    await _add(change, fields.name, secret, now)
    await change.record("key.created", f"app:{fields.name}", **about)
    if fields.daily is not None:
        await put(change, Limit(f"app:{fields.name}", fields.daily))
    made: dict[str, Any] = {"name": fields.name, "key": secret} | about
    return made | ({"answer_keys": answer_keys()} if fields.bus else {})


async def _add(change: AccountChange, name: str, secret: str, now: int) -> str:
    row = {"id": random.token_hex(16), "name": name, "digest": digest(secret), "created_at": moment(now)}
    await change.connection.execute(tables.secrets.insert().values(**row))
    return str(row["id"])


async def rotate(change: AccountChange, caller: Caller, name: str, fields: RotateFields, secret: str) -> dict[str, Any]:
    """A second secret; the newest before it goes on for `hours`, older ones end now."""
    require(caller)
    app = change.directory.apps.get(name)
    if app is None:
        raise not_found("key")
    now = int(time.time())
    until = now + round(fields.hours * 3600)
    for old in app.secrets:
        goes_on = fields.hours > 0 and old == app.secrets[-1]
        await _end(change, old, min(until, old.expires_at or until) if goes_on else None)
    kept = await _add(change, name, secret, now)
    await change.record("key.rotated", f"app:{name}", secret_id=kept, old_until=until)
    about = {"name": name, "key": secret, "secret_id": kept, "old_until": until}
    return about | ({"answer_keys": answer_keys()} if app.bus else {})


async def _end(change: AccountChange, secret: Secret, at: int | None) -> None:
    which = tables.secrets.c.id == secret.id
    ending = update(tables.secrets).where(which).values(expires_at=moment(at))
    await change.connection.execute(delete(tables.secrets).where(which) if at is None else ending)


def answer_keys() -> dict[str, str]:
    """The public keys that answers are signed with, by name, as PEM."""
    return {path.stem: path.read_text() for path in sorted((settings().keys_dir / "answers").glob("*.pub"))}


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """All, for an administrator; a system sees its own. Never the secret."""
    if "admin" in caller.roles:
        return [_shown(app) for _, app in sorted(directory.apps.items())]
    return [_shown(caller.who)] if isinstance(caller.who, App) else []


def _shown(app: App) -> dict[str, Any]:
    about = {"name": app.name, "workspaces": sorted(app.workspaces), "bus": app.bus, "expires_at": app.expires_at}
    held = [{"id": one.id, "created_at": one.created_at, "expires_at": one.expires_at} for one in app.secrets]
    return about | {
        "scopes": list(app.scopes),
        "origins": list(app.origins),
        "owner": app.owner or None,
        "secrets": held,
    }


async def remove(change: AccountChange, caller: Caller, name: str) -> dict[str, Any]:
    """Refused from now on; what was granted to the system beside its key ends with it."""
    require(caller)
    if name not in change.directory.apps:
        raise not_found("key")
    await change.connection.execute(delete(tables.secrets).where(tables.secrets.c.name == name))
    await change.connection.execute(delete(tables.keys).where(tables.keys.c.name == name))
    await change.connection.execute(delete(tables.grants).where(tables.grants.c.holder == f"app:{name}"))
    await change.connection.execute(delete(tables.limits).where(tables.limits.c.holder == f"app:{name}"))
    await change.record("key.removed", f"app:{name}")
    return {"name": name}
