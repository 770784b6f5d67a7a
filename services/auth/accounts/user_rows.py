"""The rows of a new user, local or from the directory."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from services.auth import tables
from services.auth.accounts.repository import AccountChange


async def insert(
    change: AccountChange, username: str, secret: str, groups: Sequence[str], roles: Sequence[str]
) -> None:
    """The rows of a new person."""
    row = {"username": username, "uid": secrets.token_hex(16), "password": secret, "roles": list(roles)}
    await change.connection.execute(tables.users.insert().values(**row, created_at=datetime.now(UTC)))
    places = [{"username": username, "group": group, "place": place} for place, group in enumerate(groups)]
    if places:
        await change.connection.execute(tables.members.insert(), places)
    await change.record("user.created", f"person:{username}", groups=list(groups), roles=list(roles))
