"""Response models of the routes about rights."""

from typing import Any

from pydantic import Field

from services.gateway.http.response_models import ResponseModel
from shared.events import Action, Decision


class Limit(ResponseModel):
    """When and how often `to` may ask."""

    to: str
    daily: int | None
    opens: str | None
    closes: str | None
    days: list[str]
    zone: str


class Limits(ResponseModel):
    """Those that the caller may see."""

    limits: list[Limit]


class Topic(ResponseModel):
    """What a group may ask about."""

    group: str
    allow: list[str]
    deny: list[str]


class Topics(ResponseModel):
    """Those that the caller may see."""

    topics: list[Topic]


class RoleGrant(ResponseModel):
    """A grant that a template brings; `workspace` is `*` for all."""

    workspace: str
    to: str
    actions: list[Action]


class Role(ResponseModel):
    """A template: the groups, roles and grants that it brings."""

    name: str
    title: str = ""
    title_zh: str = ""
    groups: list[str] | None = None
    roles: list[str] | None = None
    grants: list[RoleGrant] | None = None


class Roles(ResponseModel):
    """All templates."""

    roles: list[Role]


class Applied(ResponseModel):
    """What a person has after a role was applied; `grants` are the ids of new ones."""

    role: str
    username: str
    groups: list[str]
    roles: list[str]
    grants: list[str]


class Member(ResponseModel):
    """A person's groups and roles."""

    username: str
    groups: list[str]
    roles: list[str]


class Locked(ResponseModel):
    """Whether a person may sign in."""

    username: str
    locked: bool


class Lifted(ResponseModel):
    """Who is let in again."""

    principal: str
    banned: bool


class OwnedGrant(ResponseModel):
    """A grant that was handed over or ended."""

    grant_id: str
    workspace: str
    actions: list[Action]


class Offboarded(ResponseModel):
    """What a leaver had; grants and keys went to `to`. `documents` is how many they uploaded."""

    username: str
    locked: bool
    to: str | None
    groups: list[str]
    roles: list[str]
    grants: list[OwnedGrant]
    keys: list[str]
    documents: int


class Rotated(ResponseModel):
    """A key's new secret, told once; the old one ends at `old_until` (seconds since 1970)."""

    name: str
    key: str
    secret_id: str
    old_until: int
    answer_keys: dict[str, str] | None = None


class GrantWhy(ResponseModel):
    """What somebody may do in a workspace, and the rule that decides each action."""

    principal: str = Field(alias="for")
    workspace: str
    names: list[str]
    actions: list[Decision]


RIGHTS: dict[str, Any] = {"limit": Limits, "topic": Topics}
