"""`cloister users sessions` and `logout`: see where somebody is signed in, and end it."""

from typing import Annotated
from urllib.parse import quote

import typer

from client.cli.commands.access.users import app
from client.cli.framework import CommandContext, command
from client.cli.terminal import styled

__all__ = ["app"]
Name = Annotated[str, typer.Argument(metavar="NAME")]
COLUMNS = {
    "id": "session", "way": "way", "created_at": "since", "seen_at": "last seen", "expires_at": "until",
    "address": "address", "agent": "browser",
}  # fmt: skip
UNREACHABLE = " Keycloak could not be told: its own sign-in goes on until it ends there."


@command(app, "sessions", example="cloister users sessions alice")
def sessions(ctx: CommandContext, name: Name) -> None:
    """List the browsers in which a user is signed in."""
    found = ctx.http.call("GET", f"/api/users/{quote(name, safe='')}/sessions")["sessions"]
    ctx.table(found, COLUMNS, f"{name} is signed in in no browser.")


@command(app, "logout", example="cloister users logout alice --session 0123456789abcdef")
def logout(
    ctx: CommandContext,
    name: Name,
    session: Annotated[str, typer.Option(help="End this one alone; see `cloister users sessions`.")] = "",
) -> None:
    """Sign a user out everywhere: sessions of browsers and, of a local account, all tokens."""
    if session:
        done = ctx.http.end_session(name, session)
        words = styled("One session of [bold]{name}[/] has ended.", name=name)
    else:
        done = ctx.http.logout(username=name)
        words = styled("[bold]{name}[/] is signed out everywhere. Sessions ended: {n}.", name=name, n=done["ended"])
    ctx.show(done, words + (UNREACHABLE if done["company"] == "unreachable" else ""))
