"""Builds the snapshot of the accounts from the tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth import tables
from services.auth.accounts.directory import App, Directory, Grant, OwnKey, Person, Secret
from services.auth.rights.ban import Ban
from services.auth.rights.limits import Limit
from services.auth.rights.topics import Topic
from shared.sql.utc import epoch


async def version(connection: AsyncConnection) -> int:
    """How many changes there have been."""
    number: int = (await connection.execute(select(tables.version.c.number))).scalar_one()
    return number


async def load(connection: AsyncConnection, number: int) -> Directory:
    """Every account, as the tables hold them."""
    groups = await _grouped(connection, tables.members, "username", "place")
    users = await _all(connection, tables.users)
    spaces = await _all(connection, tables.workspaces)
    identities = {row.username: row for row in await _all(connection, tables.identities)}
    inside = [user for user in users if not user.removed_at]
    keys = await _own_keys(connection)
    people = [_person(user, groups.get(user.username, ()), identities.get(user.username), keys) for user in inside]
    # Who is disabled at the company's issuer is locked here, too.
    locked = {user.username for user in users if user.locked_at}
    locked |= {name for name, row in identities.items() if not row.enabled}
    return Directory(
        version=number,
        people={person.username: person for person in people if person.username not in locked},
        locked={person.username: person for person in people if person.username in locked},
        apps=await _apps(connection),
        workspaces={space.name: space.title for space in spaces if not space.removed_at},
        grants={row.id: _grant(row) for row in await _all(connection, tables.grants)},
        limits={row.holder: _limit(row) for row in await _all(connection, tables.limits)},
        topics={row.group: _topic(row) for row in await _all(connection, tables.topics)},
        bans={row.principal: Ban(int(row.until.timestamp()), row.rule) for row in await _all(connection, tables.bans)},
        used_names=frozenset(user.username for user in users),
        used_workspaces=frozenset(space.name for space in spaces),
        ended_sessions=frozenset(row.session for row in await _all(connection, tables.ended_sessions)),
    )


async def _all(connection: AsyncConnection, table: Table) -> Sequence[Row[Any]]:
    return (await connection.execute(select(table))).all()


async def _grouped(connection: AsyncConnection, table: Table, key: str, order: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in (await connection.execute(select(table).order_by(table.c[order]))).mappings():
        found[row[key]] = (*found.get(row[key], ()), row["group"])
    return found


async def _apps(connection: AsyncConnection) -> dict[str, App]:
    held: dict[str, list[Secret]] = {}
    for row in await _all(connection, tables.secrets):
        made = int(row.created_at.timestamp())
        held.setdefault(row.name, []).append(Secret(row.id, row.digest, made, epoch(row.expires_at)))
    return {key.name: _app(key, held.get(key.name, [])) for key in await _all(connection, tables.keys)}


def _app(key: Row[Any], held: list[Secret]) -> App:
    ordered = tuple(sorted(held, key=lambda secret: (secret.created_at, secret.id)))
    return App(
        key.name,
        ordered,
        frozenset(key.workspaces),
        key.bus,
        epoch(key.expires_at),
        tuple(key.scopes),
        tuple(key.origins),
        key.owner,
        key.asks_after,
    )


async def _own_keys(connection: AsyncConnection) -> dict[str, tuple[OwnKey, ...]]:
    """By the uid of the account that they were made under: another uid, and they count no more."""
    found: dict[str, tuple[OwnKey, ...]] = {}
    for row in await _all(connection, tables.own_keys):
        made, ends = int(row.created_at.timestamp()), int(row.expires_at.timestamp())
        key = OwnKey(row.id, row.label, row.digest, tuple(row.scopes), frozenset(row.workspaces), made, ends)
        found[row.uid] = (*found.get(row.uid, ()), key)
    return found


def _person(
    user: Row[Any], groups: tuple[str, ...], identity: Row[Any] | None, keys: Mapping[str, tuple[OwnKey, ...]]
) -> Person:
    subject = identity.subject if identity else ""
    return Person(user.username, user.uid, user.password, groups, tuple(user.roles), subject, keys.get(user.uid, ()))


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.id, row.workspace, row.holder, tuple(row.actions), row.deny)


def _limit(row: Row[Any]) -> Limit:
    return Limit(row.holder, row.daily, row.opens, row.closes, tuple(row.days), row.zone)


def _topic(row: Row[Any]) -> Topic:
    return Topic(row.group, tuple(row.allow), tuple(row.deny))
