"""`cloister workspaces`: sets of documents with one audience."""

from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

app = group("workspaces", "Workspaces: sets of documents with one audience.", "cloister workspaces list")
Workspace = Annotated[str, typer.Argument(metavar="WORKSPACE")]


@command(app, "list", example="cloister workspaces list")
def list_all(ctx: CommandContext) -> None:
    """List the workspaces that you have rights in."""
    columns = {"workspace": "workspace", "title": "title", "actions": "you may"}
    ctx.table(ctx.http.every("workspace"), columns, "There are no workspaces.")


@command(app, "add", example="cloister workspaces add finance --title '财务 Finance'")
def add(
    ctx: CommandContext, name: Workspace, title: Annotated[str, typer.Option(help="The name that people see.")] = ""
) -> None:
    """Create a workspace; you get all rights in it."""
    created = ctx.http.make("workspace", name=name, title=title or None)
    ctx.show(created, styled("The workspace [bold]{name}[/] is created.", name=name))


@command(app, "remove", example="cloister workspaces remove old-project")
def remove(ctx: CommandContext, name: Workspace) -> None:
    """Remove a workspace and its grants. Nobody finds its documents any more."""
    ctx.show(ctx.http.remove("workspace", name), f"The workspace {name} is removed.")
