"""`cloister workspaces`, `users` and `grants`: who may do what where."""

import sys
from typing import Annotated

import typer

from client.cli.credentials import keep, renew_admin, stored
from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

workspaces = group("workspaces", "Workspaces: sets of documents with one audience.")
users = group("users", "Users with a local account.")
grants = group("grants", "Grants: who may ask, read, write or manage a workspace.")
Workspace = Annotated[str, typer.Argument(metavar="WORKSPACE")]
Name = Annotated[str, typer.Argument(metavar="NAME")]
Groups = Annotated[list[str] | None, typer.Option("--group", "-g", help="May be given several times.")]
Roles = Annotated[list[str] | None, typer.Option("--role", "-r", help="admin, auditor, manager…; several times.")]


@command(workspaces, "list", example="cloister workspaces list")
def every_workspace(ctx: CommandContext) -> None:
    """Those in which you may do something."""
    columns = {"workspace": "workspace", "title": "title", "actions": "you may"}
    ctx.table(ctx.http.every("workspace"), columns, "There are no workspaces.")


@command(workspaces, "add", example="cloister workspaces add finance --title '财务 Finance'")
def add_workspace(
    ctx: CommandContext, name: Workspace, title: Annotated[str, typer.Option(help="For people.")] = ""
) -> None:
    """Make one; you may do everything in it."""
    made = ctx.http.make("workspace", name=name, title=title or None)
    ctx.show(made, styled("The workspace [bold]{name}[/] is there.", name=name))


@command(workspaces, "remove", example="cloister workspaces remove old-project")
def remove_workspace(ctx: CommandContext, name: Workspace) -> None:
    """Nobody finds it any more; its grants end with it."""
    ctx.show(ctx.http.remove("workspace", name), f"The workspace {name} is gone.")


@command(users, "list", example="cloister users list")
def every_user(ctx: CommandContext) -> None:
    """All of them."""
    columns = {"username": "user", "groups": "groups", "roles": "roles"}
    ctx.table(ctx.http.every("user"), columns, "There are no users.")


@command(users, "add", example="cloister users add alice -g finance")
def add_user(ctx: CommandContext, name: Name, groups: Groups = None, roles: Roles = None) -> None:
    """Make one. The password is asked for, or read from standard input."""
    made = ctx.http.make(
        "user", username=name, password=_asked("Password", twice=True), groups=groups or [], roles=roles or []
    )
    ctx.show(made, styled("[bold]{name}[/] can sign in.", name=name))


@command(users, "password", example="cloister users password alice")
def set_password(ctx: CommandContext, name: Name) -> None:
    """Another password, your own or, as an administrator, somebody's. It ends their sign-ins.

    It is asked for; from standard input come the current one, if it is your own, and the new one, a line each.
    """
    http = ctx.http
    own, signed_in = http.me()["name"] == name, stored(http.url) == http.token
    current = _asked("Current password") if own else ""
    password = _asked("New password", twice=True)
    done = http.set_password(password, current, "" if own else name)
    if own and signed_in:
        keep(http.url, name, done)
    renew_admin(http.url, name, password)
    ctx.show({"username": name}, styled("[bold]{name}[/] has another password; earlier sign-ins are over.", name=name))


def _asked(what: str, *, twice: bool = False) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice))
    return sys.stdin.readline().rstrip("\n")


@command(users, "remove", example="cloister users remove alice")
def remove_user(ctx: CommandContext, name: Name) -> None:
    """Their tokens and grants end at once."""
    ctx.show(ctx.http.remove("user", name), f"{name} is gone.")


@command(grants, "list", example="cloister grants list")
def every_grant(ctx: CommandContext) -> None:
    """Those of the workspaces that you manage, and your own."""
    columns = {"grant_id": "id", "workspace": "workspace", "to": "to", "actions": "may", "deny": "denied"}
    ctx.table(ctx.http.every("grant"), columns, "There are no grants.")


@command(grants, "add", example="cloister grants add finance group:finance ask read")
def add_grant(
    ctx: CommandContext,
    workspace: Workspace,
    to: Annotated[str, typer.Argument(metavar="TO", help="group:NAME, person:NAME, role:NAME or app:NAME")],
    actions: Annotated[list[str], typer.Argument(metavar="ACTION…", help="ask, read, write, manage, summarise")],
    deny: Annotated[bool, typer.Option("--deny", help="Deny the actions instead: this wins over every grant.")] = False,
) -> None:
    """Give a right, or deny it. The workspace `*` is all of them."""
    made = ctx.http.make("grant", workspace=workspace, to=to, actions=actions, deny=deny)
    words = "{to} may {not}{actions} in [bold]{workspace}[/] ({grant})."
    about = {"to": to, "actions": ", ".join(made["actions"]), "workspace": workspace, "grant": made["grant_id"]}
    about |= {"not": "not " if deny else ""}
    ctx.show(made, styled(words, **about))


@command(grants, "remove", example="cloister grants remove 0f3a…")
def remove_grant(ctx: CommandContext, grant: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Take it away, at once and everywhere."""
    ctx.show(ctx.http.remove("grant", grant), "The right is gone.")
