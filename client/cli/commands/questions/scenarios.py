"""`cloister scenarios`: kinds of work that a question may come with."""

from client.cli.framework import CommandContext, command, group

app = group("scenarios", "Kinds of work that a question may come with.", "cloister scenarios list")
NOTHING = "No scenario is open to you."


@command(app, "list", example="cloister scenarios list")
def list_all(ctx: CommandContext) -> None:
    """List the scenarios that are open to you, for `cloister ask --scenario`."""
    found = ctx.http.call("GET", "/api/scenarios")["scenarios"]
    rows = [one | {"workspace": one["workspace"] or "all yours"} for one in found]
    ctx.table(
        found if ctx.json else rows, {"scenario": "scenario", "title": "title", "workspace": "workspace"}, NOTHING
    )
