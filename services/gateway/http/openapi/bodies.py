"""Bodies that auth checks: of users, workspaces, grants, keys, limits and topics, and of acts on them."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.events import Action


class Fields(BaseModel):
    """No field that is not named here; what a field may hold is in auth's words."""

    model_config = ConfigDict(extra="forbid")


class UserFields(Fields):
    """A new account."""

    username: str
    password: str
    groups: list[str] = []
    roles: list[str] = []


class MembershipFields(Fields):
    """What is left out stays."""

    groups: list[str] | None = None
    roles: list[str] | None = None


class WorkspaceFields(Fields):
    """A new workspace."""

    name: str
    title: str = ""


class GrantFields(Fields):
    """A new right; with `deny` it keeps out instead."""

    workspace: str
    to: str
    actions: list[Action]
    deny: bool = False


class KeyFields(Fields):
    """A new API key of a business system."""

    name: str
    workspaces: list[str]
    scopes: list[Action] = ["ask", "read"]
    origins: list[str] = []
    daily: int | None = None
    bus: bool = False
    expires: str | None = None


class OwnKeyFields(Fields):
    """A new API key of one's own."""

    mine: Literal[True]
    name: str
    workspaces: list[str] = []
    scopes: list[Literal["ask", "read", "write"]] = ["ask", "read"]
    expires: str | None = None


class LimitFields(Fields):
    """A new limit: of the day's questions, the hours or the days."""

    to: str
    daily: int | None = None
    opens: str | None = None
    closes: str | None = None
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = []
    zone: str = "UTC"


class TopicFields(Fields):
    """What a group may ask about."""

    group: str
    allow: list[str] = []
    deny: list[str] = []


class OffboardFields(Fields):
    """Who takes over."""

    to: str | None = None
    keep_keys: bool = False


class RotateFields(Fields):
    """How long the old secret goes on."""

    hours: float = 24


class ApplyFields(Fields):
    """Who gets the template."""

    to: str


BODIES: dict[str, tuple[type[Fields], ...]] = {
    "POST /api/users": (UserFields,),
    "PATCH /api/users/{name}": (MembershipFields,),
    "POST /api/workspaces": (WorkspaceFields,),
    "POST /api/grants": (GrantFields,),
    "POST /api/keys": (KeyFields, OwnKeyFields),
    "POST /api/limits": (LimitFields,),
    "POST /api/topics": (TopicFields,),
    "POST /api/users/{name}/offboard": (OffboardFields,),
    "POST /api/keys/{name}/rotate": (RotateFields,),
    "POST /api/roles/{name}/apply": (ApplyFields,),
}


def schema_of(models: tuple[type[Fields], ...], reference: str) -> dict[str, Any]:
    """The one model, or any of them."""
    each = [{"$ref": reference.format(model=model.__name__)} for model in models]
    return each[0] if len(each) == 1 else {"anyOf": each}
