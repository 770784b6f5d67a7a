"""`cloister sources`: the folders of sources.toml, kept in sync with workspaces."""

import time
from pathlib import Path
from threading import Thread
from typing import Any

import typer

from client.cli.credentials import address
from client.cli.framework import CommandContext, command, group
from client.sdk.errors import Refused
from client.sync.config import config_path, read
from client.sync.foreground import ended_by_signals
from client.sync.report import last
from client.sync.retrying_client import RetryingClient
from client.sync.service_key import ServiceKey
from client.sync.source import Source
from client.sync.view import ProgressView
from client.sync.watcher import Watcher, WatchOptions

app = group("sources", "Folders in sources.toml that are kept in sync with workspaces.", "cloister sources list --json")
COLUMNS = {
    "folder": "folder", "workspace": "workspace", "files": "files", "indexed": "found", "rejected": "rejected",
    "waiting": "waiting", "scanned": "last look", "trouble": "trouble",
}  # fmt: skip


@command(app, "list", example="cloister sources list --json")
def list_all(ctx: CommandContext) -> None:
    """List each folder with its files, its last scan and its problem."""
    ctx.table([_row(source, address(ctx.url)) for source, _ in _given()], COLUMNS, "There are no sources.")


@command(app, "check", example="cloister sources check")
def check(ctx: CommandContext) -> None:
    """List also every rejected file and its reason. Exit code 1 if there is one, or a problem."""
    rows = [_row(source, address(ctx.url)) for source, _ in _given()]
    if ctx.json:
        ctx.print_json(rows)
    else:
        ctx.table(rows, COLUMNS, "There are no sources.")
        rejected = [{"workspace": row["workspace"]} | file for row in rows for file in row["rejected_files"]]
        if rejected:
            ctx.out.print()
            ctx.table(rejected, {"workspace": "workspace", "path": "file", "reason": "reason"}, "")
    raise typer.Exit(int(any(row["trouble"] or row["rejected"] for row in rows)))


@command(app, "run", example="CLOISTER_SOURCES=/etc/cloister/sources.toml cloister sources run")
def run(ctx: CommandContext) -> None:
    """Watch all folders until SIGTERM or ^C; `cloister up` does so too."""
    given, url = _given(), address(ctx.url)
    if not given:
        raise Refused(
            "nothing_to_do", "There are no sources. Write sources.toml into the home, or set CLOISTER_SOURCES."
        )
    service_key, view = ServiceKey(url, ctx.token, [source for source, _ in given]), ProgressView(ctx.out, ctx.json)
    watchers = [_watcher(source, options, url, service_key, view) for source, options in given]
    threads = [Thread(target=watcher.run, name=str(watcher.report.folder)) for watcher in watchers]
    with ended_by_signals(*watchers) as ended:
        for thread in threads:
            thread.start()
        # An unexpected failure of one ends all; the supervisor starts this process again.
        while all(thread.is_alive() for thread in threads):
            threads[0].join(0.5)
        for watcher, thread in zip(watchers, threads, strict=True):
            watcher.stop()
            thread.join()
            watcher.close()
    view.close()
    raise typer.Exit(ended[0] if ended else 1)


def _watcher(source: Source, options: WatchOptions, url: str, service_key: ServiceKey, view: ProgressView) -> Watcher:
    def notify(event: str, **fields: Any) -> None:
        view.notify(event, workspace=source.workspace, folder=str(source.folder), **fields)

    client = RetryingClient(service_key.connect, True, lambda words: notify("note", words=words))
    return Watcher(source, source.state_path(url), client, notify, options)


def _given() -> list[tuple[Source, WatchOptions]]:
    path: Path | None = config_path()
    return read(path) if path else []


def _row(source: Source, url: str) -> dict[str, Any]:
    report = last(source.state_path(url)) or {}
    at = report.get("scanned_at")
    return {
        "folder": str(source.folder),
        "workspace": source.workspace,
        "files": report.get("files", 0),
        "indexed": report.get("statuses", {}).get("indexed", 0),
        "rejected": report.get("rejected_total", 0),
        "waiting": report.get("waiting", 0),
        "scanned_at": at,
        "scanned": f"{time.time() - at:.0f} s ago" if at else "never",
        "trouble": report.get("trouble", ""),
        "rejected_files": report.get("rejected", []),
    }
