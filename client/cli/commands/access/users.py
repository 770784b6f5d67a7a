"""`cloister users`: local accounts, their passwords, groups and roles."""

import sys
from typing import Annotated

import typer

from client.cli.credentials import replace_admin_password, store_sign_in, stored_token
from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

app = group("users", "Users with a local account.", "cloister users list")
Name = Annotated[str, typer.Argument(metavar="NAME")]
Groups = Annotated[list[str] | None, typer.Option("--group", "-g", help="May be given several times.")]
Roles = Annotated[list[str] | None, typer.Option("--role", "-r", help="admin, auditor, manager…; several times.")]


@command(app, "list", example="cloister users list")
def list_all(ctx: CommandContext) -> None:
    """List the users."""
    columns = {"username": "user", "groups": "groups", "roles": "roles"}
    ctx.table(ctx.http.every("user"), columns, "There are no users.")


@command(app, "add", example="cloister users add alice -g finance")
def add(ctx: CommandContext, name: Name, groups: Groups = None, roles: Roles = None) -> None:
    """Create a user. The password is asked for, or read from standard input."""
    created = ctx.http.make(
        "user", username=name, password=_asked("Password", twice=True), groups=groups or [], roles=roles or []
    )
    ctx.show(created, styled("[bold]{name}[/] can sign in.", name=name))


@command(app, "password", example="cloister users password alice")
def set_password(ctx: CommandContext, name: Name) -> None:
    """Set a password, your own or, as an administrator, somebody's. Earlier sign-ins end.

    Passwords are asked for. Standard input gives the current one, if it is your own, and the new one, a line each.
    """
    http = ctx.http
    own, signed_in = http.me()["name"] == name, stored_token(http.url) == http.token
    current = _asked("Current password") if own else ""
    password = _asked("New password", twice=True)
    done = http.set_password(password, current, "" if own else name)
    if own and signed_in:
        store_sign_in(http.url, name, done)
    replace_admin_password(http.url, name, password)
    ctx.show({"username": name}, styled("[bold]{name}[/] has a new password; earlier sign-ins have ended.", name=name))


@command(app, "change", example="cloister users change alice -g finance -g board")
def change(
    ctx: CommandContext,
    name: Name,
    groups: Annotated[list[str] | None, typer.Option("--group", "-g", help="All groups from now on.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", "-r", help="All roles from now on.")] = None,
) -> None:
    """Replace the groups or roles. An option that is left out changes nothing; an empty text removes all."""
    wanted = {"groups": _listed(groups), "roles": _listed(role)}
    body = {field: values for field, values in wanted.items() if values is not None}
    done = ctx.http.call("PATCH", f"/api/users/{name}", json=body)
    words = "[bold]{name}[/] is in {groups}."
    ctx.show(done, styled(words, name=name, groups=", ".join(done["groups"]) or "no group"))


@command(app, "remove", example="cloister users remove alice")
def remove(ctx: CommandContext, name: Name) -> None:
    """Remove a user. Their tokens and grants end at once."""
    ctx.show(ctx.http.remove("user", name), f"{name} is removed.")


def _asked(what: str, *, twice: bool = False) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice))
    return sys.stdin.readline().rstrip("\n")


def _listed(without_none: list[str] | None) -> list[str] | None:
    return None if without_none is None else [value for value in without_none if value]
