"""`cloister roles`: templates that give groups, roles and grants in one step."""

from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

app = group("roles", "Role templates: groups, roles and grants in one step.", "cloister roles list")
Name = Annotated[str, typer.Argument(metavar="NAME")]


@command(app, "list", example="cloister roles list")
def list_all(ctx: CommandContext) -> None:
    """List the role templates with their groups and roles."""
    found = ctx.http.call("GET", "/api/roles")["roles"]
    ctx.table(found, {"name": "role", "title": "title", "groups": "groups", "roles": "roles"}, "There are no roles.")


@command(app, "apply", example="cloister roles apply finance-member alice")
def apply(ctx: CommandContext, role: Name, person: Annotated[str, typer.Argument(metavar="PERSON")]) -> None:
    """Give a person the groups, roles and grants of a template."""
    done = ctx.http.call("POST", f"/api/roles/{role}/apply", json={"to": person})
    words = "[bold]{person}[/] has the role template {role}: {groups}."
    groups = ", ".join([*done["groups"], *done["roles"]])
    ctx.show(done, styled(words, person=person, role=role, groups=groups or "no groups"))
