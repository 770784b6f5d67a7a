"""`cloister ingest PATH…`: upload files and folders, and report each: new, new revision, unchanged or refused."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from client.cli.commands.documents.uploads import files_of, upload_all
from client.cli.commands.documents.vectors import LATER, follow_vectors
from client.cli.framework import CommandContext, command
from client.cli.terminal import styled
from client.sdk.errors import Refused
from client.sync.foreground import plan, watch
from client.sync.source import Source
from client.sync.watcher import WatchOptions

COLUMNS = {"file": "file", "result": "result", "pages": "pages", "chunks": "pieces", "reason": "reason"}
SKIPPED = {"file": "file", "reason": "reason"}
TOLD = ("new", "new revision", "unchanged", "refused")

Paths = Annotated[list[Path], typer.Argument(exists=True, metavar="PATH…", help="Files, or folders with all in them.")]
Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The target workspace.", show_default=False)]
Include = Annotated[list[str] | None, typer.Option(help="Only these: '*.pdf', 'reports/**'; several times.")]
Exclude = Annotated[list[str] | None, typer.Option(help="All but these; several times.")]
State = Annotated[Path | None, typer.Option(help="The state file; by default one in CLOISTER_HOME/watch.")]
MassDelete = Annotated[float, typer.Option(min=0, max=100, help="Percent of the files that may be deleted at once.")]
Every = Annotated[float, typer.Option(min=0.2, help="Seconds between two scans without a notification.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, example="cloister ingest contracts/ price-list.xlsx -w legal")(ingest)


def ingest(
    ctx: CommandContext,
    paths: Paths,
    workspace: Workspace,
    in_flight: Annotated[int, typer.Option(min=1, max=32, help="Files at the same time.")] = 4,
    wait: Annotated[bool, typer.Option(help="Wait until each is found by its words.")] = True,
    meaning: Annotated[bool, typer.Option("--meaning", help="Wait until each is found by its meaning, too.")] = False,
    stay: Annotated[bool, typer.Option("--watch", help="Keep the workspace in sync with one folder.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Synchronise once, for example from cron.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what --watch would do.")] = False,
    include: Include = None,
    exclude: Exclude = None,
    state: State = None,
    every: Every = 30,
    allow_mass_delete: MassDelete = 50,
) -> None:
    """Upload documents. A known title gets a new revision, or is unchanged if its bytes are the same.

    With --watch, later changes, renames and deletions of files are applied to the workspace.
    """
    if stay or once or dry_run:
        source = Source(_folder(paths), workspace, include=tuple(include or ()), exclude=tuple(exclude or ()))
        options = WatchOptions(once=once, interval=every, max_deleted=allow_mass_delete, threads=in_flight)
        raise typer.Exit(plan(ctx, source, state) if dry_run else watch(ctx, source, state, options))
    skipped = list[dict[str, Any]]()
    files = list(files_of(paths, skipped))
    if not files:
        ctx.table([] if ctx.json else skipped, SKIPPED, none="")
        raise Refused("nothing_to_do", f"There is no document in {', '.join(map(str, paths))}.")
    rows = list[dict[str, Any]]()
    try:
        upload_all(ctx, ctx.http, files, workspace, in_flight, wait, rows)
        if meaning:
            follow_vectors(ctx, ctx.http, rows)
    except (Refused, KeyboardInterrupt):
        if rows and not ctx.json:
            _report(ctx, rows, skipped, workspace)
        raise
    _report(ctx, rows, skipped, workspace)
    raise typer.Exit(1 if any(row["result"] == "refused" for row in rows) else 0)


def _report(ctx: CommandContext, rows: list[dict[str, Any]], skipped: list[dict[str, Any]], workspace: str) -> None:
    """Each file, and how many there are of each result."""
    if ctx.json:
        return ctx.table([*rows, *skipped], COLUMNS, none="")
    ctx.table(rows, COLUMNS, none="")
    if skipped:
        ctx.out.print(f"\nSkipped: {len(skipped)}")
        ctx.table(skipped, SKIPPED, none="")
    counts = Counter(row["result"] for row in rows)
    done, told = len(rows) - counts["refused"], ", ".join(f"{counts[one]} {one}" for one in TOLD if counts[one])
    words = "\n{done} of {all} documents are in [bold]{workspace}[/]: {told}."
    ctx.out.print(styled(words, done=done, all=len(rows), workspace=workspace, told=told))
    if any((row.get("vectors") or 0) < 1 for row in rows if row["status"] == "indexed"):
        ctx.out.print(LATER)


def _folder(paths: Sequence[Path]) -> Path:
    if len(paths) != 1 or not paths[0].is_dir():
        raise typer.BadParameter("--watch, --once and --dry-run take one folder; several are for sources.toml.")
    return paths[0].resolve()
