"""Watches one folder in the foreground. Signals end it cleanly; the exit code tells the result."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from client.cli.credentials import address, connect
from client.cli.framework import CommandContext
from client.cli.terminal import styled
from client.sync.files.debounce import Debouncer
from client.sync.files.renames import renamed
from client.sync.files.scanner import scan
from client.sync.files.stable_read import unbroken
from client.sync.retrying_client import RetryingClient
from client.sync.source import Source
from client.sync.state import SyncState
from client.sync.view import ProgressView
from client.sync.watcher import Watcher, WatchOptions

INTERRUPTED = 130


def watch(ctx: CommandContext, source: Source, state: Path | None, options: WatchOptions) -> int:
    """The exit code: 0; 1 if a single run rejected a file; 130 after ^C."""
    url = address(ctx.url)
    view = ProgressView(ctx.out, ctx.json)
    client = RetryingClient(
        lambda: connect(ctx.url, ctx.token), not options.once, lambda words: view.notify("note", words=words)
    )
    client.connected()
    watcher = Watcher(source, state or source.state_path(url), client, view.notify, options)
    if not options.once and not ctx.json:
        words = "Keeping [bold]{workspace}[/] in step with {folder}; ^C ends it."
        ctx.err.print(styled(words, workspace=source.workspace, folder=source.folder))
    try:
        with ended_by_signals(watcher) as ended:
            watcher.run()
    finally:
        view.close()
        watcher.close()
    rejected = watcher.report.rejected()
    if options.once and not ctx.json:
        ctx.table(rejected, {"path": "file", "reason": "reason"}, "")
        changed = {name: view.counts[name] for name in ("indexed", "renamed", "removed", "rejected")}
        ctx.out.print(", ".join(f"{count} {name}" for name, count in changed.items()) + ".")
    return ended[0] if ended else int(options.once and bool(rejected))


def plan(ctx: CommandContext, source: Source, state: Path | None) -> int:
    """Show what a run would change, from the state file and the folder. Nothing is sent or written."""
    path, copy = state or source.state_path(address(ctx.url)), SyncState(Path(":memory:"))
    if path.exists():
        stored = SyncState(path)
        for sent in stored.rows.values():
            copy.put(sent)
        stored.close()
    seen = scan(source.folder, source.wanted)
    changes = Debouncer(0).compare(seen, copy.rows, time.monotonic())
    moves = renamed(changes.fresh, changes.gone, seen, copy)
    names = {new for _, new in moves}
    rows = [{"would": "rename", "path": new, "before": old} for old, new in moves]
    rows += [{"would": "send", "path": path} for path in sorted(changes.fresh) if path not in names]
    rows += [{"would": "remove", "path": path} for path in changes.gone if path in copy.rows]
    ctx.table(rows, {"would": "would", "path": "file", "before": "before"}, "Nothing would change.")
    return 0


@contextmanager
def ended_by_signals(*watchers: Watcher) -> Iterator[list[int]]:
    """Stop the watchers on ^C and SIGTERM, after the current uploads are recorded; yields the exit code in a list."""
    ended: list[int] = []

    def end(number: int, at: FrameType | None) -> None:
        ended.append(INTERRUPTED if number == signal.SIGINT else 0)
        for watcher in watchers:
            watcher.stop()

    unbroken()
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
