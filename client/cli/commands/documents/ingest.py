"""`cloister ingest PATH…`: upload files and folders, and follow each until it is indexed or rejected."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from client.cli.commands.documents.vectors import LATER, follow_vectors
from client.cli.framework import CommandContext, command
from client.cli.terminal import styled
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sync.files.safe_open import FileIdentity, open_inside
from client.sync.files.scanner import FileFilter, scan
from client.sync.foreground import plan, watch
from client.sync.source import Source
from client.sync.watcher import WatchOptions
from shared.events import DocumentState

UPLOAD_ATTEMPTS = 8
COLUMNS = {"file": "file", "status": "status", "pages": "pages", "chunks": "pieces", "reason": "reason"}
SKIPPED = {"file": "file", "reason": "reason"}
LIST_ALL_BELOW = 40  # files; of more only the rejected ones are listed

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
    """Upload documents. Identical bytes change nothing; new bytes under a known title are a new revision.

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
    rows = upload_all(ctx, ctx.http, files, workspace, in_flight, wait)
    if meaning:
        follow_vectors(ctx, ctx.http, rows)
    failed = [row for row in rows if row["status"] == "rejected"]
    listed = rows if ctx.json or len(rows) <= LIST_ALL_BELOW else failed
    ctx.table([*listed, *skipped] if ctx.json else listed, COLUMNS, none="")
    if not ctx.json:
        if skipped:
            ctx.out.print(f"\nSkipped: {len(skipped)}")
            ctx.table(skipped, SKIPPED, none="")
        words = "\n{done} of {all} documents are in [bold]{workspace}[/]."
        ctx.out.print(styled(words, done=len(rows) - len(failed), all=len(rows), workspace=workspace))
        if any((row.get("vectors") or 0) < 1 for row in rows if row["status"] == "indexed"):
            ctx.out.print(LATER)
    raise typer.Exit(1 if failed else 0)


def _folder(paths: Sequence[Path]) -> Path:
    if len(paths) != 1 or not paths[0].is_dir():
        raise typer.BadParameter("--watch, --once and --dry-run take one folder; several are for sources.toml.")
    return paths[0].resolve()


@dataclass(frozen=True)
class FileToUpload:
    """A file to upload; its title is its name, or its path relative to the given folder."""

    path: Path
    folder: Path
    relative: str
    title: str
    seen: FileIdentity | None = None


def files_of(paths: Sequence[Path], skipped: list[dict[str, Any]] | None = None) -> Iterator[FileToUpload]:
    """The files of the paths. A given path may be a link; links and hidden files inside folders are `skipped`."""
    for path in paths:
        if not path.is_dir():
            real = path.resolve()
            yield FileToUpload(path, real.parent, real.name, path.name)
            continue
        seen = scan(path, FileFilter())
        if skipped is not None:
            unread = seen.skipped | {f"{folder}/": "the folder cannot be read" for folder in seen.unreadable}
            skipped += [
                {"path": str(path / name), "file": name, "status": "skipped", "reason": why}
                for name, why in sorted(unread.items())
            ]
        for relative in sorted(seen.files):
            yield FileToUpload(path / relative, path, relative, relative, seen.identities.get(relative))


def upload_all(
    ctx: CommandContext, http: Http, files: Sequence[FileToUpload], workspace: str, in_flight: int, wait: bool
) -> list[dict[str, Any]]:
    """Upload `in_flight` files at a time; returns rows in the order of the files."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    rows: dict[str, dict[str, Any]] = {}
    with Progress(*columns, console=ctx.err, transient=True) as bar, ThreadPoolExecutor(in_flight) as pool:
        task = bar.add_task("reading", total=len(files))
        sent = [pool.submit(_upload_one, http, file, workspace, wait) for file in files]
        try:
            for done in as_completed(sent):
                row = done.result()
                rows[row["path"]] = row
                bar.update(task, advance=1, description=f"{row['status']}: {row['file'][-40:]}")
        finally:
            pool.shutdown(cancel_futures=True)  # after ^C, or when all the others would fail as this one did
    return [rows[str(file.path)] for file in files]


def _upload_one(http: Http, file: FileToUpload, workspace: str, wait: bool) -> dict[str, Any]:
    about = {"path": str(file.path), "file": file.title}
    try:
        state = _upload_with_retries(http, file, workspace)
        state = http.settled(state.document_id) if wait else state
    except Refused as refused:
        if refused.reason in ("unreachable", "unauthenticated", "workspace_not_found"):
            raise
        return about | {"status": "rejected", "reason": refused.error}
    except OSError as error:
        return about | {"status": "rejected", "reason": f"It cannot be read: {error.strerror}."}
    fields = {"document_id", "revision", "status", "pages", "chunks", "reason", "vectors"}
    return about | state.model_dump(mode="json", include=fields)


def _upload_with_retries(http: Http, file: FileToUpload, workspace: str) -> DocumentState:
    """Upload; retries while Cloister is overloaded."""
    for attempt in range(1, UPLOAD_ATTEMPTS):
        try:
            return _upload(http, file, workspace)
        except Refused as refused:
            if refused.status not in (429, 503) or refused.reason == "unreachable":
                raise
            time.sleep(min(refused.retry_after or attempt, 30))
    return _upload(http, file, workspace)


def _upload(http: Http, file: FileToUpload, workspace: str) -> DocumentState:
    with open_inside(file.folder, file.relative, file.seen) as source:
        return http.upload_file(source, file.path.name, workspace, title=file.title)
