"""Temporary bans by audit rules. They apply within a second and end by themselves."""

import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete

from services.auth import tables
from services.auth.accounts.commands import offboarding
from services.auth.accounts.directory import Directory
from services.auth.accounts.repository import AccountChange, Accounts
from services.auth.errors import Roles, forbidden, not_found
from shared.events import BanChanged, Loss
from shared.sql.utc import moment

LONGEST = 366 * 86_400


async def apply_ban(accounts: Accounts, event: BanChanged) -> None:
    """What the audit log found out. The only administrator is never locked: then nobody could undo it."""
    async with accounts.changing(event.by) as change:
        if event.act == "lift":
            await lift(change, event.principal)
        elif event.act == "lock" and await _locked(change, event):
            return
        else:
            await _ban(change, event)


async def _ban(change: AccountChange, event: BanChanged) -> None:
    now = int(time.time())
    until = min(int(event.until.timestamp()) if event.until else now + LONGEST, now + LONGEST)
    if until <= now:
        return  # heard too late, after a long rest: it is over
    await change.connection.execute(delete(tables.bans).where(tables.bans.c.principal == event.principal))
    await change.connection.execute(
        tables.bans.insert().values(principal=event.principal, until=moment(until), rule=event.rule)
    )
    await change.record("ban.created", event.principal, rule=event.rule, until=until)
    await change.revoke(Loss(principal=event.principal, everything=True))


async def _locked(change: AccountChange, event: BanChanged) -> bool:
    kind, _, name = event.principal.partition(":")
    person = change.directory.people.get(name) if kind == "person" else None
    admins = {who.username for who in change.directory.people.values() if "admin" in who.roles}
    if person is None or admins == {name}:
        return False
    await offboarding.lock_out(change, person)
    await change.record("user.locked", event.principal, rule=event.rule)
    return True


def in_force(directory: Directory, caller: Roles) -> list[dict[str, Any]]:
    """Those that have not ended, the first to end first; for administrators and auditors."""
    if not {"admin", "auditor"} & set(caller.roles):
        raise forbidden()
    bans = sorted((ban.until, who, ban.rule) for who, ban in directory.bans.items() if ban.until > time.time())
    return [
        {"principal": who, "until": datetime.fromtimestamp(until, UTC).isoformat(), "rule": rule}
        for until, who, rule in bans
    ]


async def lift(change: AccountChange, principal: str) -> dict[str, Any]:
    """Let in again before the time."""
    found = await change.connection.execute(delete(tables.bans).where(tables.bans.c.principal == principal))
    if not found.rowcount:
        raise not_found("user")
    await change.record("ban.lifted", principal)
    return {"principal": principal, "banned": False}
