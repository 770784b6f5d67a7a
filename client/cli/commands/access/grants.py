"""`cloister grants`: who may ask, read, write or manage a workspace."""

from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

app = group("grants", "Grants: who may ask, read, write or manage a workspace.", "cloister grants list")
Workspace = Annotated[str, typer.Argument(metavar="WORKSPACE")]
Person = Annotated[str, typer.Argument(metavar="NAME")]


@command(app, "list", example="cloister grants list")
def list_all(ctx: CommandContext) -> None:
    """List the grants of workspaces that you manage, and your own."""
    columns = {"grant_id": "id", "workspace": "workspace", "to": "to", "actions": "may", "deny": "denied"}
    ctx.table(ctx.http.every("grant"), columns, "There are no grants.")


@command(app, "add", example="cloister grants add finance group:finance ask read")
def add(
    ctx: CommandContext,
    workspace: Workspace,
    to: Annotated[str, typer.Argument(metavar="TO", help="group:NAME, person:NAME, role:NAME or app:NAME")],
    actions: Annotated[list[str], typer.Argument(metavar="ACTION…", help="ask, read, write, manage, summarise")],
    deny: Annotated[bool, typer.Option("--deny", help="Deny the actions instead: this wins over every grant.")] = False,
) -> None:
    """Grant or deny actions. The workspace `*` means all workspaces."""
    created = ctx.http.make("grant", workspace=workspace, to=to, actions=actions, deny=deny)
    words = "{to} may {not}{actions} in [bold]{workspace}[/] ({grant})."
    about = {"to": to, "actions": ", ".join(created["actions"]), "workspace": workspace, "grant": created["grant_id"]}
    about |= {"not": "not " if deny else ""}
    ctx.show(created, styled(words, **about))


@command(app, "remove", example="cloister grants remove 0f3a…")
def remove(ctx: CommandContext, grant: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Revoke a grant; this takes effect at once."""
    ctx.show(ctx.http.remove("grant", grant), "The grant is revoked.")


@command(app, "why", example="cloister grants why alice finance")
def why(ctx: CommandContext, person: Person, workspace: Annotated[str, typer.Argument(metavar="WORKSPACE")]) -> None:
    """Show what somebody may do in a workspace, and the rule that decides."""
    decision = ctx.http.call("GET", "/api/grants/why", params={"person": person, "workspace": workspace})
    if ctx.json:
        return ctx.print_json(decision)
    columns = {"action": "action", "allowed": "allowed", "rule": "rule", "words": "because", "grant_id": "id"}
    ctx.table(decision["actions"], columns, f"Nobody is called {person}.")
