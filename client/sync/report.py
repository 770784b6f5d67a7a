"""Writes the status of a source to a small file beside its state, for `cloister sources`."""

import json
import os
import platform
import time
from collections import Counter
from pathlib import Path
from typing import Any

from client.private_file import replace_json
from client.sync.retrying_client import RetryingClient
from client.sync.source import Source, readable
from client.sync.state import SyncState
from client.sync.sync_run import SyncRun

LISTED = 1000  # rejected files
PUBLISHED = 100  # of them that Cloister is told
REPEATED_SECONDS = 60.0  # so that the list shows that a watcher still runs


class SyncReport:
    """The status of one source, written after each scan."""

    def __init__(self, path: Path, source: Source, state: SyncState, sync_run: SyncRun) -> None:
        self._path, self._source, self._state, self._sync_run = path, source, state, sync_run
        self.folder = source.folder
        self._told, self._told_at = dict[str, Any](), 0.0

    def rejected(self) -> list[dict[str, Any]]:
        """Rejected and unreadable files: `path`, `reason` in words and its `code`."""
        rows = {one.path: (one.reason, one.code or "") for one in self._state.rows.values() if one.status == "rejected"}
        unreadable = self._sync_run.unreadable.items()
        rows |= {path: (f"It cannot be read ({why}). Allow it.", "unreadable") for path, why in unreadable}
        return [{"path": readable(path), "reason": rows[path][0], "code": rows[path][1]} for path in sorted(rows)]

    def status(self, trouble: str, waiting: int, code: str = "") -> dict[str, Any]:
        """What the file and Cloister are told alike."""
        rejected = self.rejected()
        return {
            "folder": str(self._source.folder),
            "workspace": self._source.workspace,
            "files": len(self._state.rows),
            "documents": len(self._state.documents),
            "waiting": waiting,
            "trouble": trouble,
            "trouble_code": code,
            "rejected": rejected[:LISTED],
            "rejected_total": len(rejected),
        }

    def publish(self, client: RetryingClient, status: dict[str, Any]) -> None:
        """Tell Cloister, for the list of folders; once a minute, or at once when something changed.

        Raises `Refused` when it cannot be told.
        """
        rejected = status["rejected"][:PUBLISHED]
        told = status | {
            "host": platform.node()[:200] or "?",
            "folder": readable(status["folder"])[:1000],
            "trouble": status["trouble"][:1000],
            "rejected": [{name: str(value)[:1000] for name, value in one.items()} for one in rejected],
        }
        if told == self._told and time.monotonic() < self._told_at + REPEATED_SECONDS:
            return
        client.connected().call("PUT", "/api/folders", json=told)
        self._told, self._told_at = told, time.monotonic()

    def write(self, status: dict[str, Any]) -> None:
        """Replace the file atomically."""
        if str(self._path).startswith(":"):
            return
        found = status | {
            "prefix": self._source.prefix,
            "scanned_at": time.time(),
            "pid": os.getpid(),
            "statuses": Counter(sent.status for sent in self._state.rows.values()),
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_json(self._path, found)


def last(path: Path) -> dict[str, Any] | None:
    """The last report; None before the first."""
    try:
        found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
