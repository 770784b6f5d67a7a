"""Keys that people make for themselves: they give `scopes` in `workspaces`, as far as their owner may at each call.

A key is of the account as it is: a new password, a sign-out everywhere, a lock and a leave end it.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from services.auth import tables
from services.auth.accounts.directory import Directory, OwnKey, Person
from services.auth.accounts.repository import AccountChange, Accounts
from services.auth.accounts.schemas import OwnKeyFields
from services.auth.callers import Caller
from services.auth.credentials.tokens import digest
from services.auth.errors import exists, forbidden, not_found, workspace_not_found
from shared.errors import Refused
from shared.sql.utc import epoch

MOST = 20
LASTS = timedelta(days=90)
LONGEST = timedelta(days=366)
Model = OwnKeyFields


def permit(directory: Directory, caller: Caller, fields: OwnKeyFields | None) -> None:
    """Everyone for themselves, signed in: a key makes no keys."""
    _signed_in(caller)


async def make(change: AccountChange, caller: Caller, fields: OwnKeyFields, secret: str) -> dict[str, Any]:
    """`secret` is the key itself."""
    person, now = _signed_in(caller), datetime.now(UTC)
    if len(person.keys) >= MOST:
        raise Refused("too_many_keys", f"You have {MOST} keys. Remove one first.", 409)
    if fields.name in (key.label for key in person.keys):
        raise exists("key", fields.name)
    if not set(fields.workspaces) <= set().union(*(caller.allowed(change.directory, one) for one in fields.scopes)):
        raise workspace_not_found()
    until = fields.expires or now + LASTS
    if until > now + LONGEST:
        raise Refused("invalid", "The field 'expires' is more than a year away. Choose a nearer time.", 422)
    about = {"scopes": list(fields.scopes), "workspaces": sorted(set(fields.workspaces))}
    row = about | {"id": secrets.token_hex(16), "username": person.username, "uid": person.uid, "label": fields.name}
    row |= {"digest": digest(secret), "created_at": now, "expires_at": until}
    await change.connection.execute(tables.own_keys.insert().values(**row))
    await change.record("key.created", person.principal.id, key=row["id"], expires_at=epoch(until), **about)
    return {"name": name_of(person, fields.name), "key": secret, "mine": True, "expires_at": epoch(until)} | about


async def remove(change: AccountChange, caller: Caller, name: str) -> dict[str, Any]:
    """One's own, or anybody's as an administrator."""
    username, _, label = name.rpartition(".")
    person = change.directory.everybody.get(username)
    key = next((one for one in person.keys if one.label == label), None) if person else None
    if person is None or key is None or not ("admin" in caller.roles or _signed_in(caller).username == username):
        raise not_found("key")
    await change.connection.execute(delete(tables.own_keys).where(tables.own_keys.c.id == key.id))
    await change.record("key.removed", person.principal.id, key=key.id)
    return {"name": name}


async def seen(accounts: Accounts, directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """Everybody's for an administrator, else one's own; never the secret."""
    everybody = directory.everybody.values() if "admin" in caller.roles else ()
    mine = [caller.who] if isinstance(caller.who, Person) and not caller.through else []
    people = {person.username: person for person in (*everybody, *mine)}
    if not any(person.keys for person in people.values()):
        return []
    async with accounts.database.reading() as connection:
        found = (await connection.execute(select(tables.own_keys.c.id, tables.own_keys.c.used_at))).all()
    used = {row.id: epoch(row.used_at) for row in found}
    return [_shown(person, key, used.get(key.id)) for _, person in sorted(people.items()) for key in person.keys]


def name_of(person: Person, label: str) -> str:
    """`alice.laptop`: keys of business systems have no dot in their names."""
    return f"{person.username}.{label}"


def _signed_in(caller: Caller) -> Person:
    if caller.signed_in is None:
        raise forbidden()
    return caller.signed_in


def _shown(person: Person, key: OwnKey, used_at: int | None) -> dict[str, Any]:
    return {
        "name": name_of(person, key.label),
        "mine": True,
        "owner": person.principal.id,
        "workspaces": sorted(key.workspaces),
        "scopes": list(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "used_at": used_at,
    }
