"""Uploads files, several at a time, and follows each until it is indexed or rejected."""

import time
from bisect import insort
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from client.cli.framework import CommandContext
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sdk.patience import through_restarts
from client.sync.files.safe_open import FileIdentity, open_inside
from client.sync.files.scanner import FileFilter, scan
from shared.events import DocumentState, Received

UPLOAD_ATTEMPTS = 8
# They would fail for every other file, too.
FATAL = ("unreachable", "unauthenticated", "sign_in_over", "workspace_not_found", "not_granted")
FIELDS = {"document_id", "revision", "status", "pages", "chunks", "vectors"}
RESULTS = {"new": "new", "revision": "new revision", "unchanged": "unchanged"}


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
    ctx: CommandContext,
    http: Http,
    files: Sequence[FileToUpload],
    workspace: str,
    in_flight: int,
    wait: bool,
    rows: list[dict[str, Any]],
) -> None:
    """Upload `in_flight` files at a time. `rows` has what was done so far, in the order of the files."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    place = {str(file.path): at for at, file in enumerate(files)}
    with Progress(*columns, console=ctx.err, transient=True) as bar, ThreadPoolExecutor(in_flight) as pool:
        task = bar.add_task("reading", total=len(files))
        reached = Event()
        sent = [pool.submit(_upload_one, http, file, workspace, wait, reached) for file in files]
        try:
            for done in as_completed(sent):
                row = done.result()
                insort(rows, row, key=lambda one: place[one["path"]])
                bar.update(task, advance=1, description=f"{row['result']}: {row['file'][-40:]}")
        finally:
            pool.shutdown(cancel_futures=True)  # after ^C, or when all the others would fail as this one did


def _upload_one(http: Http, file: FileToUpload, workspace: str, wait: bool, reached: Event) -> dict[str, Any]:
    """What Cloister had while it was killed is the same revision when it is sent again."""
    about = {"path": str(file.path), "file": file.title}
    try:
        # Where nobody answered yet, the address may be wrong.
        sent = through_restarts(lambda: _upload_with_retries(http, file, workspace), while_away=reached.is_set)
        reached.set()
        state = through_restarts(lambda: _settled(http, sent)) if wait else sent
    except Refused as refused:
        if refused.reason in FATAL:
            raise
        return about | _refused(refused.error)
    except OSError as error:
        return about | _refused(f"It cannot be read: {error.strerror}.")
    row = about | state.model_dump(mode="json", include=FIELDS)
    if state.status == "rejected":
        return row | _refused(state.reason)
    same = f"The same bytes as {sent.same_as}." if sent.same_as and sent.change != "unchanged" else None
    return row | {"result": RESULTS[sent.change or "new"], "same_as": sent.same_as, "reason": same}


def _settled(http: Http, sent: Received) -> DocumentState:
    """The document once it is read; as it was sent if the caller may write but not read."""
    try:
        return http.settled(sent.document_id)
    except Refused as refused:
        if refused.reason not in ("document_not_found", "not_granted"):
            raise
        return sent


def _refused(reason: str | None) -> dict[str, Any]:
    return {"result": "refused", "status": "rejected", "reason": reason}


def _upload_with_retries(http: Http, file: FileToUpload, workspace: str) -> Received:
    """Upload; retries while Cloister is overloaded."""
    for attempt in range(1, UPLOAD_ATTEMPTS):
        try:
            return _upload(http, file, workspace)
        except Refused as refused:
            if refused.status not in (429, 503) or refused.reason == "unreachable":
                raise
            time.sleep(min(refused.retry_after or attempt, 30))
    return _upload(http, file, workspace)


def _upload(http: Http, file: FileToUpload, workspace: str) -> Received:
    with open_inside(file.folder, file.relative, file.seen) as source:
        return http.upload_file(source, file.path.name, workspace, title=file.title)
