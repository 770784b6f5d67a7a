"""`cloister ingest PATH…`: files and folders in, each followed until it can be found or is rejected."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

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

TRIES = 8
COLUMNS = {"file": "file", "status": "status", "pages": "pages", "chunks": "pieces", "reason": "reason"}
FEW = 40

Paths = Annotated[list[Path], typer.Argument(exists=True, metavar="PATH…", help="Files, or folders with all in them.")]
Into = Annotated[str, typer.Option("--workspace", "-w", help="Where to.", show_default=False)]
Globs = Annotated[list[str] | None, typer.Option(help="Only these: '*.pdf', 'reports/**'. May be given several times.")]
Less = Annotated[list[str] | None, typer.Option(help="All but these.")]
State = Annotated[Path | None, typer.Option(help="The record of what was sent; else one in CLOISTER_HOME/watch.")]
Share = Annotated[float, typer.Option(min=0, max=100, help="Percent of the files that may be deleted at once.")]
Every = Annotated[float, typer.Option(min=0.2, help="Seconds between two looks when the system tells of no change.")]


def register(app: typer.Typer) -> None:
    """Add it."""
    command(app, example="cloister ingest contracts/ price-list.xlsx -w legal")(ingest)


def ingest(
    ctx: CommandContext,
    paths: Paths,
    workspace: Into,
    in_flight: Annotated[int, typer.Option(min=1, max=32, help="Files at the same time.")] = 4,
    wait: Annotated[bool, typer.Option(help="Follow each until it can be found.")] = True,
    stay: Annotated[bool, typer.Option("--watch", help="Keep the workspace in step with one folder.")] = False,
    once: Annotated[bool, typer.Option("--once", help="The same, looked at once: for cron.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what --watch would do, and do nothing.")] = False,
    include: Globs = None,
    exclude: Less = None,
    state: State = None,
    every: Every = 30,
    allow_mass_delete: Share = 50,
) -> None:
    """Upload documents. The same bytes again change nothing; new bytes under a known title are a new revision.

    With --watch, files that are changed, renamed or deleted later are so in the workspace too.
    """
    if stay or once or dry_run:
        source = Source(_folder(paths), workspace, include=tuple(include or ()), exclude=tuple(exclude or ()))
        options = WatchOptions(once=once, interval=every, max_deleted=allow_mass_delete, threads=in_flight)
        raise typer.Exit(plan(ctx, source, state) if dry_run else watch(ctx, source, state, options))
    files = list(files_of(paths))
    if not files:
        raise Refused("nothing_to_do", f"There is no document in {', '.join(map(str, paths))}.")
    rows = upload_all(ctx, ctx.http, files, workspace, in_flight, wait)
    failed = [row for row in rows if row["status"] == "rejected"]
    shown = rows if ctx.json or len(rows) <= FEW else failed
    ctx.table(shown, COLUMNS, none="")
    if not ctx.json:
        words = "\n{done} of {all} documents are in [bold]{workspace}[/]."
        ctx.out.print(styled(words, done=len(rows) - len(failed), all=len(rows), workspace=workspace))
    raise typer.Exit(1 if failed else 0)


def _folder(paths: Sequence[Path]) -> Path:
    if len(paths) != 1 or not paths[0].is_dir():
        raise typer.BadParameter("--watch, --once and --dry-run take one folder; several are for sources.toml.")
    return paths[0].resolve()


@dataclass(frozen=True)
class FileToUpload:
    """One to upload: its title is its name, or the way from the folder that was named."""

    path: Path
    folder: Path
    way: str
    title: str
    seen: FileIdentity | None = None


def files_of(paths: Sequence[Path]) -> Iterator[FileToUpload]:
    """What was named may be a link. In a folder, links and hidden files are left out."""
    for path in paths:
        if not path.is_dir():
            real = path.resolve()
            yield FileToUpload(path, real.parent, real.name, path.name)
            continue
        seen = scan(path, FileFilter())
        for way in sorted(seen.files):
            yield FileToUpload(path / way, path, way, way, seen.identities.get(way))


def upload_all(
    ctx: CommandContext, http: Http, files: Sequence[FileToUpload], workspace: str, in_flight: int, wait: bool
) -> list[dict[str, Any]]:
    """All of them, a few at a time; rows in the order of the files."""
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
    kept = state.model_dump(mode="json", include={"document_id", "revision", "status", "pages", "chunks", "reason"})
    return about | kept


def _upload_with_retries(http: Http, file: FileToUpload, workspace: str) -> DocumentState:
    """Uploaded; while Cloister has its hands full it is asked again."""
    for attempt in range(1, TRIES):
        try:
            return _upload(http, file, workspace)
        except Refused as refused:
            if refused.status not in (429, 503) or refused.reason == "unreachable":
                raise
            time.sleep(min(refused.retry_after or attempt, 30))
    return _upload(http, file, workspace)


def _upload(http: Http, file: FileToUpload, workspace: str) -> DocumentState:
    with open_inside(file.folder, file.way, file.seen) as source:
        return http.upload_file(source, file.path.name, workspace, title=file.title)
