"""Writes the status of a source to a small file beside its state, for `cloister sources`."""

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from client.private_file import replace_json
from client.sync.source import Source, readable
from client.sync.state import SyncState
from client.sync.sync_run import SyncRun

LISTED = 1000  # rejected files


class SyncReport:
    """The status of one source, written after each scan."""

    def __init__(self, path: Path, source: Source, state: SyncState, sync_run: SyncRun) -> None:
        self._path, self._source, self._state, self._sync_run = path, source, state, sync_run
        self.folder = source.folder

    def rejected(self) -> list[dict[str, Any]]:
        """Rejected and unreadable files: `path` and `reason`."""
        rows = {sent.path: sent.reason for sent in self._state.rows.values() if sent.status == "rejected"}
        rows |= {path: f"It cannot be read ({why}). Allow it." for path, why in self._sync_run.unreadable.items()}
        return [{"path": readable(path), "reason": rows[path]} for path in sorted(rows)]

    def write(self, trouble: str, waiting: int) -> None:
        """Replace the file atomically."""
        if str(self._path).startswith(":"):
            return
        rejected = self.rejected()
        found = {
            "folder": str(self._source.folder), "workspace": self._source.workspace, "prefix": self._source.prefix,
            "scanned_at": time.time(), "pid": os.getpid(), "files": len(self._state.rows),
            "documents": len(self._state.documents), "waiting": waiting, "trouble": trouble,
            "statuses": Counter(sent.status for sent in self._state.rows.values()),
            "rejected": rejected[:LISTED], "rejected_total": len(rejected),
        }  # fmt: skip
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_json(self._path, found)


def last(path: Path) -> dict[str, Any] | None:
    """The last report; None before the first."""
    try:
        found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
