"""`cloister audit hold`, `unhold` and `holds`: legal holds."""

from typing import Annotated

import typer

from client.cli.commands.audit.content import app
from client.cli.framework import CommandContext, command

__all__ = ["app"]
HOLDS = {"about": "on", "by": "by", "reason": "reason", "since": "since"}
About = Annotated[str, typer.Argument(help="person:alice, app:crm, workspace:finance or query:<id>")]
Reason = Annotated[str, typer.Option(help="Why; it is recorded.")]


@command(app, example="cloister audit hold person:alice --reason 'case 2026-17'")
def hold(ctx: CommandContext, about: About, reason: Reason) -> None:
    """Keep everything of a person, workspace or query until the hold is lifted."""
    placed = ctx.http.call("POST", "/api/audit/holds", json={"about": about, "reason": reason})
    ctx.show(placed, f"Nothing of {about} is erased or retired until: cloister audit unhold {about}")


@command(app, example="cloister audit unhold person:alice --reason 'case 2026-17 is closed'")
def unhold(ctx: CommandContext, about: About, reason: Reason) -> None:
    """Lift a legal hold."""
    lifted = ctx.http.call("DELETE", "/api/audit/holds", params={"about": about, "reason": reason})
    ctx.show(lifted, f"{about} is no longer held.")


@command(app, example="cloister audit holds")
def holds(ctx: CommandContext) -> None:
    """The legal holds that stand."""
    ctx.table(ctx.http.call("GET", "/api/audit/holds")["holds"], HOLDS, "Nothing is held.")
