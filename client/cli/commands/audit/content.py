"""`cloister audit read`, `requests` and `agree`: kept texts of questions and answers, for auditors who say why."""

from typing import Annotated

import typer

from client.cli.commands.audit.alerts import app
from client.cli.framework import CommandContext, command
from client.cli.terminal import lines, styled

__all__ = ["app"]
REQUESTS = {
    "request": "request", "query": "query", "by": "by", "reason": "reason", "at": "at", "agreed_by": "agreed by",
}  # fmt: skip
WAITING = "Another auditor has to agree first: cloister audit agree {}. Then repeat the command."


@command(app, example="cloister audit read 5e8a… --reason 'complaint 17 of 2026-11-28'")
def read(
    ctx: CommandContext,
    query: Annotated[str, typer.Argument(help="The query's id.")],
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
) -> None:
    """Read the kept question and answer of a query; the reading is recorded first."""
    found = ctx.http.call("POST", "/api/audit/content", json={"query_id": query, "reason": reason})
    if found["state"] == "waiting":
        ctx.show(found, WAITING.format(found["request"]))
        return
    texts = [styled("[bold]{field}[/] [dim]record {seq}[/]\n{text}", **_told(text)) for text in found["texts"]]
    ctx.show(found, lines(f"{found['person']}, query {query}", *texts))


@command(app, example="cloister audit requests")
def requests(ctx: CommandContext) -> None:
    """Who wants to read what, and why; requests of the last day."""
    found = ctx.http.call("GET", "/api/audit/content/requests")
    ctx.table(found["requests"], REQUESTS, "Nobody asked to read anything.")


@command(app, example="cloister audit agree 0123abcd…")
def agree(ctx: CommandContext, request: Annotated[str, typer.Argument(help="The request's id.")]) -> None:
    """Agree that another auditor reads; recorded with your name."""
    done = ctx.http.call("POST", f"/api/audit/content/requests/{request}/agree")
    ctx.show(done, f"{done['by']} may read query {done['query']} until a day after they asked.")


def _told(text: dict[str, object]) -> dict[str, str]:
    return {name: str(text[name]) for name in ("field", "seq", "text")}
