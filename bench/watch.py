"""Seconds and memory of a look at a folder of 100,000 files of which none has changed; no Cloister is asked."""

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.tables import table
from client.sdk.http import Http
from client.sync.files.scanner import SUFFIXES, FileFilter, ScanResult, scan
from client.sync.retrying_client import RetryingClient
from client.sync.source import Source
from client.sync.state import PUT, SyncState
from client.sync.watcher import Watcher, WatchOptions

FILES = 100_000
FOLDERS = 1000
ALONE = "--alone"


def main() -> None:
    """Each figure in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory(prefix="cloister-watch-") as name:
        folder, state = Path(name) / "share", Path(name) / "state.db"
        fill(folder)
        remember(folder, state)
        command = [sys.executable, "-m", "bench.watch", ALONE, str(folder), str(state)]
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    opened, first, again, _, before, after = map(float, found)
    rows = [
        ["open the record", f"{opened:.2f}", ""],
        ["look, first", f"{first:.2f}", ""],
        ["look, again", f"{again:.2f}", "≤ 3"],
        ["memory, MB", f"{after:.0f} (of it the interpreter and libraries {before:.0f})", "≤ 200"],
    ]
    table(f"{FILES:,} unchanged files in {FOLDERS:,} folders", ["what", "seconds", "goal"], rows)


def fill(folder: Path) -> None:
    """Files of a few bytes: a look reads none of them."""
    endings = sorted(SUFFIXES)
    for n in range(FOLDERS):
        place = folder / f"department {n % 10}" / f"project {n:04}"
        place.mkdir(parents=True)
        for m in range(FILES // FOLDERS):
            (place / f"document number {m:05}{endings[m % len(endings)]}").write_bytes(b"x")


def remember(folder: Path, state: Path) -> None:
    """The record as it is after all of them were sent."""
    SyncState(state).close()
    with closing(sqlite3.connect(state)) as base, base:
        base.executemany(PUT, _rows(scan(folder, FileFilter())))


def _rows(seen: ScanResult) -> Iterator[tuple[object, ...]]:
    for n, (path, stamp) in enumerate(seen.files.items()):
        yield (os.fsencode(path), *stamp, f"{n:064x}", f"{n:032x}", path, "indexed", None, time.time(), 1)


def unasked() -> Http:
    raise AssertionError("nothing should be asked")


class NeverAsked(RetryingClient):
    """A Cloister that has lost no document, and that nobody needs to ask for more."""

    def find_missing(self, workspace: str, known: set[str], thorough: bool) -> set[str]:
        return set()


def alone(folder: Path, state: Path) -> None:
    """The figures, in words that the parent reads."""
    before, began = _megabytes(), time.perf_counter()
    watcher = Watcher(
        Source(folder, "share"), state, NeverAsked(unasked, False, print), lambda event, **more: None, WatchOptions()
    )
    times = [time.perf_counter() - began]
    for _ in range(3):
        began = time.perf_counter()
        changes = watcher._scan_once()
        times.append(time.perf_counter() - began)
        assert not [*changes.fresh, *changes.gone, *changes.waiting]
    watcher.close()
    print(*times, before, _megabytes())


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    alone(Path(sys.argv[2]), Path(sys.argv[3])) if ALONE in sys.argv else main()
