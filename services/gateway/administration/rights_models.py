"""Response models of the routes about rights."""

from typing import Any

from pydantic import ConfigDict

from services.gateway.http.response_models import Shape
from shared.events import Action, Decision


class Limit(Shape):
    """When and how often `to` may ask."""

    to: str
    daily: int | None
    opens: str | None
    closes: str | None
    days: list[str]
    zone: str


class Limits(Shape):
    """Those that the caller may see."""

    limits: list[Limit]


class Topic(Shape):
    """What a group may ask about."""

    group: str
    allow: list[str]
    deny: list[str]


class Topics(Shape):
    """Those that the caller may see."""

    topics: list[Topic]


class Role(Shape):
    """A template: the groups, roles and grants that it brings."""

    model_config = ConfigDict(extra="allow")

    name: str
    title: str = ""


class Roles(Shape):
    """All templates."""

    roles: list[Role]


class Applied(Shape):
    """What a person has after a role was applied; `grants` are the ids of new ones."""

    role: str
    username: str
    groups: list[str]
    roles: list[str]
    grants: list[str]


class Member(Shape):
    """A person's groups and roles."""

    username: str
    groups: list[str]
    roles: list[str]


class Locked(Shape):
    """Whether a person may sign in."""

    username: str
    locked: bool


class Lifted(Shape):
    """Who is let in again."""

    principal: str
    banned: bool


class Owned(Shape):
    """A grant that was handed over or ended."""

    grant_id: str
    workspace: str
    actions: list[Action]


class Offboarded(Shape):
    """What a leaver had; grants and keys went to `to`. `documents` is how many they uploaded."""

    username: str
    locked: bool
    to: str | None
    groups: list[str]
    roles: list[str]
    grants: list[Owned]
    keys: list[str]
    documents: int


class Rotated(Shape):
    """A key's new secret, told once; the old one ends at `old_until` (seconds since 1970)."""

    name: str
    key: str
    secret_id: str
    old_until: int
    answer_keys: dict[str, str] | None = None


class Why(Shape):
    """What somebody may do in a workspace, and the rule that decides each action."""

    model_config = ConfigDict(extra="allow")

    workspace: str
    names: list[str]
    actions: list[Decision]


RIGHTS: dict[str, Any] = {"limit": Limits, "topic": Topics}
