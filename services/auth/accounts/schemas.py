"""Fields of users, workspaces, grants and keys. Errors name the field, the value and the remedy."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StrictBool,
    ValidationError,
)

from services.auth.credentials.origins import checked
from shared.errors import Refused
from shared.events import Action, day_end, one_line
from shared.field_names import problem_of
from shared.security.acl import GROUP, HOLDER, REMEDY

M = TypeVar("M", bound=BaseModel)
ROLES = "Use a list of `admin`, `auditor`, `manager`, `reviewer` and `member`."
Role = Literal["admin", "auditor", "manager", "reviewer", "member"]
RESERVED = frozenset({"gateway"})

_name = "a-z, 0-9, `_` and `-`, beginning with a letter or digit"
Username = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$", description=f"Use 1 to 63 characters of {_name}; also `.`.")
]
Space = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description=f"Use 1 to 63 characters of {_name}.")]
Group = Annotated[str, Field(pattern=f"^{GROUP}$", description="Use up to 63 letters, digits, spaces and `. & / - _`.")]
Holder = Annotated[str, Field(pattern=f"^{HOLDER}$", description=REMEDY)]


def _free(name: str) -> str:
    if name in RESERVED:
        raise ValueError("is a name of our own")
    return name


def _ahead(at: datetime) -> datetime:
    if at <= datetime.now(UTC):
        raise ValueError("lies in the past")
    return at


def _shown(title: str) -> str:
    if one_line(title) != title:
        raise ValueError("it has control or direction characters")
    return title


class Fields(BaseModel):
    """No field that is not named here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UserFields(Fields):
    username: Username
    password: SecretStr = Field(min_length=8, max_length=1024, description="Use 12 to 1024 characters.")
    groups: tuple[Group, ...] = Field((), max_length=200, description="Send a list of group names.")
    roles: tuple[Role, ...] = Field((), description=ROLES)


class MembershipFields(Fields):
    groups: tuple[Group, ...] | None = Field(None, max_length=200, description="Send a list of group names.")
    roles: tuple[Role, ...] | None = Field(None, description=ROLES)


class WorkspaceFields(Fields):
    name: Space
    title: Annotated[str, AfterValidator(_shown)] = Field(
        "", max_length=200, description="Use up to 200 printable characters."
    )


class GrantFields(Fields):
    workspace: str = Field(max_length=100, description="Use a workspace's name, or `*` for all of them.")
    to: Holder
    actions: tuple[Action, ...] = Field(
        min_length=1, max_length=8, description="Use a list of `ask`, `read`, `write`, `manage` and `summarise`."
    )
    deny: StrictBool = Field(False, description="Use true to deny the actions instead.")


class KeyFields(Fields):
    name: Annotated[str, AfterValidator(_free)] = Field(
        pattern=r"^[a-z0-9-]{1,64}$", description="Use 1 to 64 characters of a-z, 0-9 and `-`; `gateway` is taken."
    )
    workspaces: tuple[str, ...] = Field(min_length=1, max_length=1000, description="Send a list of workspace names.")
    scopes: tuple[Action, ...] = Field(
        ("ask", "read"), min_length=1, max_length=8, description="Use a list of `ask`, `read`, `write` and `summarise`."
    )
    origins: tuple[Annotated[str, AfterValidator(checked)], ...] = Field(
        (), max_length=100, description="Send a list such as `https://erp.example.com` or `10.1.0.0/16`."
    )
    daily: int | None = Field(None, ge=0, le=1_000_000, description="Use a number of questions a day.")
    bus: StrictBool = Field(False, description="Use true or false.")
    expires: Annotated[AwareDatetime, BeforeValidator(day_end), AfterValidator(_ahead)] | None = Field(
        None, description="Use a day to come, such as 2030-01-31, or a time such as 2030-01-31T08:00:00Z."
    )


class OwnKeyFields(Fields):
    """A key for oneself."""

    mine: Literal[True]
    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$", description="Use 1 to 40 characters of a-z, 0-9 and `-`.")
    workspaces: tuple[str, ...] = Field((), max_length=1000, description="Send a list of workspace names.")
    scopes: tuple[Literal["ask", "read", "write"], ...] = Field(
        ("ask", "read"), min_length=1, max_length=3, description="Use a list of `ask`, `read` and `write`."
    )
    expires: Annotated[AwareDatetime, BeforeValidator(day_end), AfterValidator(_ahead)] | None = Field(
        None, description="Use a day to come, such as 2030-01-31, or a time such as 2030-01-31T08:00:00Z."
    )


def parse(model: type[M], given: dict[str, Any]) -> M:
    """The fields, or `Refused` (422) with the first that is wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Refused("invalid", _words(model, error), 422, values=problem_of(error.errors()[0])) from error


def _words(model: type[BaseModel], error: ValidationError) -> str:
    first = error.errors()[0]
    if not first["loc"]:
        return f"The fields are wrong: this {first['msg'].removeprefix('Value error, ')}."
    name = str(first["loc"][0])
    known = model.model_fields.get(name)
    if known is None:
        return f"There is no field '{name[:64]}'. Use {', '.join(model.model_fields)}."
    remedy = known.description or ""
    if first["type"] == "missing":
        return f"The field '{name}' is missing. {remedy}".strip()
    if name == "password":
        return f"The field 'password' is wrong. {remedy}"
    why = first["msg"].removeprefix("Value error, ")
    return f"The field '{name}' {str(first['input'])[:80]!r} is wrong: {why}. {remedy}".strip()
