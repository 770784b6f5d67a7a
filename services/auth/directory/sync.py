"""Writes changes of Keycloak's users and groups to auth's tables, each with an event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Update, delete, insert, select, update

from services.auth import tables
from services.auth.accounts.repository import AccountChange, Accounts
from services.auth.accounts.user_rows import insert as insert_user
from services.auth.directory.keycloak_directory import Account
from services.auth.directory.names import GroupNames, Groups, unusable

ACTOR = "keycloak"


@dataclass(frozen=True, slots=True)
class Known:
    """A user of Keycloak in our tables; `groups` and `roles` as Keycloak last had them, None before it was kept."""

    subject: str
    username: str
    enabled: bool
    groups: list[str] | None
    roles: list[str] | None


class DirectorySync:
    """`problems` are what an administrator should look at, as of the last pass over all."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self.problems: dict[str, str] = {}

    async def apply(self, found: Iterable[Account], groups: Groups, *, whole: bool) -> None:
        """Bring the tables to what was found. After a `whole` pass, whoever was not found is kept out."""
        found = list(found)
        async with self._accounts.changing(ACTOR) as change:
            names = await _bound(change, groups)
            known = await _identities(change)
            for account in found:
                await self._one(change, account, known, names.of(account, groups))
            if whole:
                seen = {account.subject for account in found}
                for subject in known.keys() - seen:
                    await _enable(change, known[subject], False)
        if whole:
            self.problems = {name: why for name, why in self.problems.items() if name in {a.username for a in found}}
            self.problems |= {f"group {number}": why for number, why in enumerate(names.problems)}

    async def gone(self, subject: str) -> None:
        """Keycloak has no such user any more."""
        async with self._accounts.changing(ACTOR) as change:
            known = await _identities(change)
            if subject in known:
                await _enable(change, known[subject], False)

    async def _one(
        self, change: AccountChange, account: Account, known: dict[str, Known], groups: tuple[str, ...]
    ) -> None:
        self.problems.pop(account.username, None)
        if account.subject not in known:
            await self._newcomer(change, account, groups)
            return
        username = known[account.subject].username
        if username != account.username:
            words = (
                f"The user {username!r} is called {account.username!r} in Keycloak now, and stays {username!r} here."
            )
            self.problems[account.username] = words
        await _enable(change, known[account.subject], account.enabled)
        if account.enabled:
            await _belong(change, known[account.subject], account.roles, groups)

    async def _newcomer(self, change: AccountChange, account: Account, groups: tuple[str, ...]) -> None:
        name = account.username
        if why := unusable(name) or (_taken(name) if name in change.directory.used_names else ""):
            self.problems[name] = why
            return
        if not account.enabled:
            return
        await insert_user(change, name, "", groups, account.roles)
        row = {"subject": account.subject, "username": name, "enabled": True}
        row |= {"groups": list(groups), "roles": list(account.roles)}
        await change.connection.execute(insert(tables.identities).values(**row))


def _taken(name: str) -> str:
    words = (
        f"The user {name!r} of Keycloak has the name of another or a removed account of Cloister, and stays outside."
    )
    return f"{words} Rename it in Keycloak."


async def _identities(change: AccountChange) -> dict[str, Known]:
    """Those whose account was not removed here: what was removed stays so."""
    users, identities = tables.users, tables.identities
    both = identities.join(users, users.c.username == identities.c.username)
    rows = await change.connection.execute(select(identities).select_from(both).where(users.c.removed_at.is_(None)))
    return {row.subject: Known(**row._mapping) for row in rows}


async def _bound(change: AccountChange, groups: Groups) -> GroupNames:
    rows = await change.connection.execute(select(tables.directory_groups))
    names = GroupNames({row.id: row.name for row in rows})
    before = dict(names.bound)
    names.bind(groups)
    if before != names.bound:
        await change.connection.execute(delete(tables.directory_groups))
        kept = [{"id": group, "name": name} for group, name in names.bound.items()]
        if kept:
            await change.connection.execute(insert(tables.directory_groups), kept)
    return names


async def _enable(change: AccountChange, known: Known, enabled: bool) -> None:
    if known.enabled != enabled:
        await change.connection.execute(_row(known).values(enabled=enabled))
        await change.record("user.enabled" if enabled else "user.disabled", f"person:{known.username}")


def _row(known: Known) -> Update:
    return update(tables.identities).where(tables.identities.c.subject == known.subject)


async def _belong(change: AccountChange, known: Known, roles: tuple[str, ...], groups: tuple[str, ...]) -> None:
    if (known.groups, known.roles) != (list(groups), list(roles)):
        await change.connection.execute(_row(known).values(groups=list(groups), roles=list(roles)))
    username, person = known.username, change.directory.everybody.get(known.username)
    if person:
        groups, roles = _with_ours(groups, person.groups, known.groups), _with_ours(roles, person.roles, known.roles)
        if (person.groups, sorted(person.roles)) == (groups, sorted(roles)):
            return
    users, members = tables.users, tables.members
    await change.connection.execute(update(users).where(users.c.username == username).values(roles=list(roles)))
    await change.connection.execute(delete(members).where(members.c.username == username))
    places = [{"username": username, "group": group, "place": place} for place, group in enumerate(groups)]
    if places:
        await change.connection.execute(insert(members), places)
    await change.record("user.changed", f"person:{username}", groups=list(groups), roles=list(roles))


def _with_ours(now: Sequence[str], have: Sequence[str], before: Sequence[str] | None) -> tuple[str, ...]:
    """What Keycloak has now, and then what was given here beside what it had before."""
    ours = () if before is None else (one for one in have if one not in before)
    return tuple(dict.fromkeys((*now, *ours)))
