"""One folder watched in the foreground: signals end it cleanly, and the exit code says how it went."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from client.cli.credentials import address, connect
from client.cli.framework import Here
from client.cli.terminal import styled
from client.sync.files.debounce import Steady
from client.sync.files.renames import moved
from client.sync.files.scanner import scan
from client.sync.files.stable_read import unbroken
from client.sync.retrying_client import Line
from client.sync.source import Source
from client.sync.state import Ledger
from client.sync.view import Shown
from client.sync.watcher import Manner, Watcher

INTERRUPTED = 130


def watch(here: Here, source: Source, state: Path | None, manner: Manner) -> int:
    """Exit code 0; 1 when a file was rejected in the only look; 130 after ^C."""
    url = address(here.url)
    shown = Shown(here.out, here.json)
    line = Line(lambda: connect(here.url, here.token), not manner.once, lambda words: shown.tell("note", words=words))
    line.connected()
    watcher = Watcher(source, state or source.ledger(url), line, shown.tell, manner)
    if not manner.once and not here.json:
        words = "Keeping [bold]{workspace}[/] in step with {folder}; ^C ends it."
        here.err.print(styled(words, workspace=source.workspace, folder=source.folder))
    try:
        with ended_by_signals(watcher) as ended:
            watcher.run()
    finally:
        shown.close()
        watcher.close()
    rejected = watcher.report.rejected()
    if manner.once and not here.json:
        here.table(rejected, {"path": "file", "reason": "reason"}, "")
        changed = {name: shown.counts[name] for name in ("indexed", "renamed", "removed", "rejected")}
        here.out.print(", ".join(f"{count} {name}" for name, count in changed.items()) + ".")
    return ended[0] if ended else int(manner.once and bool(rejected))


def plan(here: Here, source: Source, state: Path | None) -> int:
    """What a look would change, from the record and the folder alone; nothing is sent or written."""
    path, kept = state or source.ledger(address(here.url)), Ledger(Path(":memory:"))
    if path.exists():
        ledger = Ledger(path)
        for sent in ledger.rows.values():
            kept.put(sent)
        ledger.close()
    seen = scan(source.folder, source.wanted)
    changes = Steady(0).look(seen, kept.rows, time.monotonic())
    moves = moved(changes.fresh, changes.gone, seen, kept)
    names = {new for _, new in moves}
    rows = [{"would": "rename", "path": new, "before": old} for old, new in moves]
    rows += [{"would": "send", "path": path} for path in sorted(changes.fresh) if path not in names]
    rows += [{"would": "remove", "path": path} for path in changes.gone if path in kept.rows]
    here.table(rows, {"would": "would", "path": "file", "before": "before"}, "Nothing would change.")
    return 0


@contextmanager
def ended_by_signals(*watchers: Watcher) -> Iterator[list[int]]:
    """^C and SIGTERM let what is on its way be written down; the list then holds the exit code."""
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
