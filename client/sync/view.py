"""Shows what happens to a folder: lines of text or of JSON, and a progress bar when there are many files."""

import sys
import time
from collections import Counter
from threading import RLock
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from client.cli.terminal import json_line, styled
from client.sync.source import readable

SIGNS = {
    "indexed": "[green]+[/]", "rejected": "[red]✗[/]", "unreadable": "[red]✗[/]", "renamed": "[cyan]→[/]",
    "removed": "[yellow]−[/]", "same": "[dim]=[/]", "received": "[dim]…[/]", "parsing": "[dim]…[/]",
    "indexing": "[dim]…[/]", "trouble": "[red]![/]", "note": "[dim]·[/]", "relisted": "[cyan]→[/]",
}  # fmt: skip
DONE = {"indexed", "rejected", "unreadable", "same", "touched", "received", "parsing", "indexing"}
MANY = 10  # files at once are shown with a bar


class ProgressView:
    """Prints the events of one or more sources. Thread-safe."""

    def __init__(self, console: Console, as_json: bool) -> None:
        self.counts: Counter[str] = Counter()
        self._console, self._json, self._lock = console, as_json, RLock()
        self._bar: Progress | None = None

    def notify(self, event: str, **fields: Any) -> None:
        """Print one event: `scanned`, `in_step`, or the result of a file."""
        with self._lock:
            self.counts[event] += 1
            given = {name: value for name, value in fields.items() if value is not None}
            if self._json:
                self._print_json({"event": event, "at": round(time.time(), 3)} | given)
                return
            self._progress(event, given)
            if event in SIGNS:
                sign = styled(f"[dim]{time.strftime('%H:%M:%S')}[/] {SIGNS[event]} ")
                self._console.print(sign + _words(event, given))

    def close(self) -> None:
        """Remove the progress bar."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _print_json(self, fields: dict[str, Any]) -> None:
        told = {name: readable(value) if isinstance(value, str) else value for name, value in fields.items()}
        sys.stdout.write(json_line(told) + "\n")
        sys.stdout.flush()

    def _progress(self, event: str, fields: dict[str, Any]) -> None:
        if event == "scanned" and fields["fresh"] >= MANY and self._console.is_terminal:
            self.close()
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.add_task("synchronising", total=fields["fresh"])
            self._bar.start()
        elif event in DONE and self._bar:
            self._bar.advance(self._bar.task_ids[0])
        elif event in ("in_step", "trouble"):
            self.close()


def _words(event: str, fields: dict[str, Any]) -> Text:
    path = readable(fields.get("path", ""))
    if event == "renamed":
        return Text(f"{readable(fields['before'])} is {path} now")
    if event == "relisted":
        return Text(f"{fields['fields']} of {fields['documents']} documents as the source says now")
    if event == "same":
        return styled("{path} [dim]has the bytes of {title}[/]", path=path, title=fields["title"])
    if event in ("trouble", "note"):
        return Text(fields.get("reason") or fields["words"])
    reason = fields.get("reason")
    pieces = f"{fields['chunks']} piece{'s' if fields['chunks'] != 1 else ''}" if fields.get("chunks") else ""
    return styled("{path} [dim]{told}[/]", path=path, told=reason or pieces) if reason or pieces else Text(path)
