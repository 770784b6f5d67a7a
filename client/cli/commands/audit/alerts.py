"""`cloister audit alerts`, `acknowledge`, `bans` and `lift`: what rules found, and who is kept out."""

from typing import Annotated

import typer

from client.cli.commands.audit.rules import app
from client.cli.framework import CommandContext, command

__all__ = ["app"]
FOUND = {
    "seq": "no", "at": "at", "principal": "who", "rule": "rule", "value": "counted", "act": "act",
    "acknowledged_by": "acknowledged by", "note": "note",
}  # fmt: skip
BANS = {"principal": "who", "until": "until", "rule": "rule"}


@command(app, example="cloister audit alerts --open", lists=True)
def alerts(
    ctx: CommandContext,
    days: Annotated[int, typer.Option(min=1, max=366, help="How far back.")] = 30,
    open_: Annotated[bool, typer.Option("--open", help="Only those that nobody acknowledged.")] = False,
) -> None:
    """What the rules found, newest first."""
    found = ctx.http.call("GET", "/api/alerts", params={"days": days, "open": open_})
    ctx.table(found["alerts"], FOUND, "There is no alert.")


@command(app, example="cloister audit acknowledge 1234 --note 'the yearly inventory'")
def acknowledge(
    ctx: CommandContext,
    seq: Annotated[int, typer.Argument(min=1, help="The alert's number.")],
    note: Annotated[str, typer.Option(help="What it was.")] = "",
) -> None:
    """Say that you looked at an alert; it is recorded."""
    done = ctx.http.call("POST", f"/api/alerts/{seq}/acknowledge", json={"note": note})
    ctx.show(done, f"Alert {seq} is acknowledged.")


@command(app, example="cloister audit bans", lists=True)
def bans(ctx: CommandContext) -> None:
    """Who is kept out now, and until when."""
    ctx.table(ctx.http.call("GET", "/api/bans")["bans"], BANS, "Nobody is kept out.")


@command(app, example="cloister audit lift person:bob")
def lift(ctx: CommandContext, who: Annotated[str, typer.Argument(help="person:bob or app:crm")]) -> None:
    """Lift a ban early; for administrators."""
    done = ctx.http.call("POST", f"/api/bans/{who}/lift")
    ctx.show(done, f"{who} is let in again.")
