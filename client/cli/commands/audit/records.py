"""`cloister audit list`, `search`, `follow` and `export`: records of the audit log."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from client.audit.downloads import bundle_pages, export_pages, opened_output
from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled
from client.sdk.transport import without_none
from shared.events import Record

app = group(
    "audit",
    "The audit log: who asked, what was read, who changed what. For auditors.",
    "cloister audit list --about 5e8a… --json",
)
COLUMNS = {"seq": "no", "at": "at", "subject": "subject", "principal": "who", "about": "about", "digest": "digest"}
After = Annotated[int, typer.Option(min=0, help="Only after this number.")]
About = Annotated[str | None, typer.Option(help="Only of this query or document.")]
Who = Annotated[str | None, typer.Option("--who", help="Only of this person or system: person:alice, app:crm.")]
Kind = Annotated[str | None, typer.Option(help="Only subjects that begin so: access., query.searched.")]
Since = Annotated[datetime | None, typer.Option(help="From this time on (of this machine's zone).")]
Until = Annotated[datetime | None, typer.Option(help="Before this time.")]
MOST = 1000  # records that one call gives
Limit = Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")]
Format = Annotated[str, typer.Option("--format", help="ocsf, ecs, cef, csv, json or bundle.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Into this file; .zst is compressed.")]


@command(app, "list", example="cloister audit list --about 5e8a… --json")
def list_all(ctx: CommandContext, after: After = 0, about: About = None, limit: Limit = 500) -> None:
    """List a page of records, oldest first."""
    _print_records(ctx, limit, after, about)


@command(app, example="cloister audit search --who person:alice --since 2026-11-28 --kind query.")
def search(
    ctx: CommandContext,
    who: Who = None,
    about: About = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    after: After = 0,
    limit: Limit = 500,
) -> None:
    """Search the records of a person, a day, a document or a kind. The search is recorded too."""
    _print_records(ctx, limit, after, about, principal=who, kind=kind, since=_iso(since), until=_iso(until))


@command(app, example="cloister audit follow --after 1200 | tee records.txt")
def follow(ctx: CommandContext, after: After = 0, about: About = None, who: Who = None, kind: Kind = None) -> None:
    """Print each new record on a line until ^C; with --json as JSON."""
    for record in ctx.http.follow(after, about, **without_none(principal=who, kind=kind)):
        if ctx.json:
            ctx.print_json(record.model_dump(mode="json"))
        else:
            ctx.out.print(_line(record))


@command(app, example="cloister audit export --format ocsf --since 2026-11-01 -o november.jsonl")
def export(
    ctx: CommandContext,
    format_: Format = "ocsf",
    output: Output = None,
    who: Who = None,
    about: About = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    after: After = 0,
) -> None:
    """Export records, one per line, as ocsf, ecs, cef, csv or json; `bundle` is the input of `verify`."""
    which = without_none(about=about, principal=who, kind=kind, since=_iso(since), until=_iso(until))
    pages = bundle_pages(ctx.http, after) if format_ == "bundle" else export_pages(ctx.http, format_, after, which)
    count = 0
    with opened_output(output) as file:
        for page in pages:
            file.write(page)
            count += page.count(b"\n")
    if output:
        ctx.show({"lines": count, "output": str(output)}, f"{count:,} lines are in {output}.")


def _print_records(ctx: CommandContext, limit: int, after: int, about: str | None, **which: Any) -> None:
    which = without_none(**which)
    records = ctx.http.audit_records(after, about, limit=limit, **which)
    rows = [record.model_dump(mode="json") for record in records]
    for row in rows if not ctx.json else ():
        row["at"], row["digest"] = row["at"][:19], row["digest"][:12]
    ctx.table(rows, COLUMNS, "There is no such record.")
    if len(records) == limit and ctx.http.audit_records(records[-1].seq, about, limit=1, **which):
        ctx.err.print(f"There are more. Go on with --after {records[-1].seq}.")


def _line(record: Record) -> Text:
    at = record.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    who = f"{record.subject:28} {record.principal:20}"
    words = "[dim]{seq}  {at}[/]  {who} [dim]{about}[/]"
    return styled(words, seq=f"{record.seq:>8}", at=at, who=who, about=record.about)


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone().isoformat() if moment else None
