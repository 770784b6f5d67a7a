"""Role templates: groups, roles and grants that are applied together."""

import secrets
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import update

from services.auth import tables
from services.auth.accounts.directory import EVERYWHERE, Person
from services.auth.accounts.repository import AccountChange
from services.auth.accounts.schemas import Fields, GrantFields, Group, Role
from services.auth.callers import Caller
from services.auth.errors import not_found, require
from services.auth.rights.schemas import ApplyFields
from shared.errors import NotReady, Refused

SHIPPED = Path(__file__).with_name("role_templates.toml")
MISSING = "The role {0} needs the workspace {1}, which does not exist. Make it with `cloister workspaces create {1}`."


class Template(Fields):
    """One role of the file."""

    title: str = ""
    title_zh: str = ""
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    grants: tuple[GrantFields, ...] = ()


@cache
def templates(path: Path = SHIPPED) -> dict[str, Template]:
    """By name; `NotReady` for a file that is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Template.model_validate(fields) for name, fields in given.items()}
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise NotReady(f"The role templates in {path} cannot be read: {error}. Correct the file.") from error


def shown(known: dict[str, Template]) -> list[dict[str, Any]]:
    """As they are listed."""
    dumped = {name: template.model_dump(mode="json", exclude_defaults=True) for name, template in known.items()}
    return [{"name": name} | fields for name, fields in dumped.items()]


async def apply(
    change: AccountChange, caller: Caller, name: str, fields: ApplyFields, known: dict[str, Template]
) -> dict[str, Any]:
    """What was there already stays; what a role brought before another is not taken away."""
    require(caller)
    template, person = known.get(name), change.directory.people.get(fields.to)
    if template is None:
        raise not_found("role")
    if person is None:
        raise not_found("user")
    for grant in template.grants:
        if grant.workspace not in (EVERYWHERE, *change.directory.workspaces):
            values = {"role": name, "workspace": grant.workspace}
            raise Refused("workspace_missing", MISSING.format(name, grant.workspace), 409, values=values)
    groups, roles = await _join(change, person, template)
    given = [one for grant in template.grants if (one := await _grant(change, grant))]
    await change.record("role.applied", person.principal.id, role=name, groups=groups, roles=roles, grants=given)
    return {"role": name, "username": person.username, "groups": groups, "roles": roles, "grants": given}


async def _join(change: AccountChange, person: Person, template: Template) -> tuple[list[str], list[str]]:
    new = [group for group in template.groups if group not in person.groups]
    rows = [
        {"username": person.username, "group": group, "place": len(person.groups) + n} for n, group in enumerate(new)
    ]
    if rows:
        await change.connection.execute(tables.members.insert(), rows)
    roles = [*person.roles, *(role for role in template.roles if role not in person.roles)]
    mine = update(tables.users).where(tables.users.c.username == person.username)
    await change.connection.execute(mine.values(roles=roles))
    return [*person.groups, *new], roles


async def _grant(change: AccountChange, wanted: GrantFields) -> str | None:
    for grant in change.directory.grants.values():
        same = (grant.workspace, grant.to, grant.deny) == (wanted.workspace, wanted.to, False)
        if same and set(wanted.actions) <= set(grant.actions):
            return None
    row = {"id": secrets.token_hex(16), "workspace": wanted.workspace, "holder": wanted.to}
    await change.connection.execute(tables.grants.insert().values(**row, actions=list(wanted.actions), deny=False))
    return row["id"]
