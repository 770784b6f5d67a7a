"""`cloister documents history`, `due`, `set`, `withdraw`, `restore`, `retry` and `remove`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from client.cli.framework import CommandContext, command
from client.sdk.errors import Refused
from client.sdk.http import Http
from shared.events import DocumentState, last_day

Id = Annotated[str, typer.Argument(metavar="ID", help="As `cloister documents list` shows it.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID…", help="As `cloister documents list` shows them.")]
Workspace = Annotated[str | None, typer.Option("--workspace", "-w", help="Only of this one.")]
Day = Annotated[str | None, typer.Option(metavar="DATE", help="2026-12-31 (of --expires included), a time, or none.")]
REVISIONS = {
    "revision": "rev",
    "status": "status",
    "at": "at",
    "by": "by",
    "title": "title",
    "pages": "pages",
    "chunks": "pieces",
    "size": "bytes",
    "kept": "kept",
    "reason": "reason",
}
DUE = {"document_id": "id", "title": "title", "workspace": "workspace", "owner": "owner", "why": "why", "on": "on"}


def register(documents: typer.Typer) -> None:
    """Add the commands."""
    command(documents, example="cloister documents history 4f1c…", lists=True)(history)
    command(documents, example="cloister documents due --days 60 -w finance", lists=True)(due)
    command(documents, "set", example="cloister documents set 4f1c… --owner person:alice --review 2026-12-31")(put)
    command(documents, example="cloister documents withdraw 4f1c…")(withdraw)
    command(documents, example="cloister documents restore 4f1c…")(restore)
    command(documents, example="cloister documents retry --rejected -w finance")(retry)
    command(documents, example="cloister documents remove 4f1c…")(remove)


def history(ctx: CommandContext, document: Id) -> None:
    """List the revisions, newest first. `cloister documents get ID --revision N` downloads an old one."""
    ctx.table(ctx.http.revisions(document)["revisions"], REVISIONS, "It has no revisions.")


def due(
    ctx: CommandContext, days: Annotated[int, typer.Option(min=0, max=3650)] = 30, workspace: Workspace = None
) -> None:
    """List documents to review or to expire within so many days, and overdue ones."""
    now = datetime.now(UTC)
    rows = (_due(state, now) for state in ctx.http.documents(workspace, due=days))
    ctx.table(rows, DUE, f"Nothing is due within {days} days.")


def put(
    ctx: CommandContext,
    document: Id,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="person:alice, …")] = None,
    review: Day = None,
    effective: Day = None,
    expires: Day = None,
) -> None:
    """Set the owner, or the dates of review, effect and expiry; this makes no revision."""
    given = {"owner": owner, "review": review, "effective": effective, "expires": expires}
    change = {name: None if value == "none" else value for name, value in given.items() if value}
    if not change:
        raise Refused("nothing_to_do", "Say what to set: --owner, --review, --effective or --expires.")
    state = ctx.http.amend(document, **change)
    ctx.show(state.model_dump(mode="json", exclude={"object"}), f"{state.title} is changed.")


def withdraw(ctx: CommandContext, document: Id) -> None:
    """Hide a document from searches until it is restored; nothing is deleted."""
    state = ctx.http.withdraw(document)
    ctx.show(
        state.model_dump(mode="json", exclude={"object"}),
        f"{state.title} is withdrawn. Bring it back with restore.",
    )


def restore(ctx: CommandContext, document: Id) -> None:
    """Make a withdrawn document findable again."""
    state = ctx.http.restore(document)
    ctx.show(state.model_dump(mode="json", exclude={"object"}), f"{state.title} is found again.")


def retry(
    ctx: CommandContext,
    documents: Ids = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="All rejected documents.")] = False,
    workspace: Workspace = None,
) -> None:
    """Read rejected documents again, for example after installing an extra or raising a limit."""
    if bool(documents) == rejected:
        raise Refused("nothing_to_do", "Name documents, or use --rejected for all rejected ones.")
    rows = [_again(ctx.http, one) for one in documents or list(_rejected(ctx.http, workspace))]
    ctx.table(
        rows, {"document_id": "id", "title": "title", "status": "status", "reason": "reason"}, "None is rejected."
    )
    if any(row["status"] == "refused" for row in rows):
        raise typer.Exit(1)


def remove(ctx: CommandContext, document: Id) -> None:
    """Delete a document with all its revisions, bytes and chunks, and wait until all are gone."""
    state = ctx.http.discard(document)
    removal = ctx.http.gone(document)
    counts = f"{removal.revisions} revisions, {removal.chunks:,} pieces, {removal.size:,} bytes"
    words = f"{state.title} is deleted from {state.workspace}: {counts}, at {removal.gone_at:%Y-%m-%d %H:%M:%S} UTC."
    ctx.show(removal.model_dump(mode="json"), words)


def _again(http: Http, document: str) -> dict[str, Any]:
    try:
        return http.retry(document).model_dump(mode="json", exclude={"object"})
    except Refused as refused:
        return {"document_id": document, "status": "refused", "reason": refused.error}


def _rejected(http: Http, workspace: str | None) -> Iterator[str]:
    for state in http.documents(workspace, status="rejected"):
        yield state.document_id


def _due(state: DocumentState, now: datetime) -> dict[str, Any]:
    dates = [(state.review, "review"), (state.expires, "end")]
    on, why = min((date, why) for date, why in dates if date)
    late = " overdue" if why == "review" and on < now else ""
    ended = "has ended" if why == "end" and on < now else f"{why}{late}"
    day = last_day(on) if why == "end" else on.astimezone().date()
    return state.model_dump(mode="json", exclude={"object"}) | {"why": ended, "on": str(day)}
