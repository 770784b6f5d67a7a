"""`cloister limits`: how often and when somebody may ask."""

from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

app = group("limits", "How often and when somebody may ask.", "cloister limits list")
To = Annotated[str, typer.Argument(metavar="TO", help="group:NAME, person:NAME, role:NAME or app:NAME")]


@command(app, "list", example="cloister limits list")
def list_all(ctx: CommandContext) -> None:
    """List the limits that apply to you; as an administrator, all."""
    columns = {"to": "for", "daily": "a day", "opens": "from", "closes": "to", "days": "days", "zone": "zone"}
    ctx.table(ctx.http.every("limit"), columns, "There are no limits.")


@command(app, "set", example="cloister limits set group:finance --daily 100 --opens 08:00 --closes 18:00")
def set_limit(
    ctx: CommandContext,
    to: To,
    daily: Annotated[int | None, typer.Option(help="Questions a day, for each of them.")] = None,
    opens: Annotated[str | None, typer.Option(help="Such as 08:00.")] = None,
    closes: Annotated[str | None, typer.Option(help="Such as 18:00.")] = None,
    days: Annotated[list[str] | None, typer.Option("--day", help="mon to sun; several times.")] = None,
    zone: Annotated[str, typer.Option(help="Such as Asia/Shanghai.")] = "UTC",
) -> None:
    """Set or replace a limit."""
    created = ctx.http.make("limit", to=to, daily=daily, opens=opens, closes=closes, days=days or [], zone=zone)
    ctx.show(created, styled("The limit for [bold]{to}[/] is set.", to=to))


@command(app, "remove", example="cloister limits remove group:finance")
def remove(ctx: CommandContext, to: To) -> None:
    """Remove a limit."""
    ctx.show(ctx.http.remove("limit", to), f"The limit for {to} is removed.")
