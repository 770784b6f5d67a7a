"""Administers topic rules, one for each group."""

from typing import Any

from sqlalchemy import delete

from services.auth import tables
from services.auth.accounts.directory import Directory
from services.auth.accounts.repository import AccountChange
from services.auth.callers import Caller
from services.auth.errors import not_found, require
from services.auth.rights.schemas import TopicFields
from services.auth.rights.topics import Topic

Model = TopicFields


def permit(directory: Directory, caller: Caller, fields: TopicFields | None) -> None:
    """Administrators alone."""
    require(caller)


async def make(change: AccountChange, caller: Caller, fields: TopicFields, secret: str) -> dict[str, Any]:
    """In the place of the one before."""
    row = {"group": fields.group, "allow": list(fields.allow), "deny": list(fields.deny)}
    await change.connection.execute(delete(tables.topics).where(tables.topics.c.group == fields.group))
    await change.connection.execute(tables.topics.insert().values(**row))
    await change.record("topic.set", f"group:{fields.group}", allow=row["allow"], deny=row["deny"])
    return row


def seen(directory: Directory, caller: Caller) -> list[dict[str, Any]]:
    """All, for an administrator; else those of the caller's groups."""
    mine = set(directory.topics) if "admin" in caller.roles else set(caller.who.groups)
    return [_shown(topic) for group, topic in sorted(directory.topics.items()) if group in mine]


def _shown(topic: Topic) -> dict[str, Any]:
    return {"group": topic.group, "allow": list(topic.allow), "deny": list(topic.deny)}


async def remove(change: AccountChange, caller: Caller, name: str) -> dict[str, Any]:
    """By its group."""
    require(caller)
    if name not in change.directory.topics:
        raise not_found("topic")
    await change.connection.execute(delete(tables.topics).where(tables.topics.c.group == name))
    await change.record("topic.removed", f"group:{name}")
    return {"group": name}
