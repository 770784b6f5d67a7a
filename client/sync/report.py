"""How a source stands, in a small file beside its record, for `cloister sources`."""

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from client.private_file import replace_json
from client.sync.source import Source, readable
from client.sync.state import Ledger
from client.sync.sync_run import Round

LISTED = 1000  # rejected files


class Report:
    """Written after each scan."""

    def __init__(self, path: Path, source: Source, ledger: Ledger, round: Round) -> None:
        self._path, self._source, self._ledger, self._round = path, source, ledger, round
        self.folder = source.folder

    def rejected(self) -> list[dict[str, Any]]:
        """The files that cannot be read or found, with the reasons."""
        rows = {sent.path: sent.reason for sent in self._ledger.rows.values() if sent.status == "rejected"}
        rows |= {path: f"It cannot be read ({why}). Allow it." for path, why in self._round.unread.items()}
        return [{"path": readable(path), "reason": rows[path]} for path in sorted(rows)]

    def write(self, trouble: str, waiting: int) -> None:
        """Whole or not at all."""
        if str(self._path).startswith(":"):
            return
        rejected = self.rejected()
        found = {
            "folder": str(self._source.folder), "workspace": self._source.workspace, "prefix": self._source.prefix,
            "scanned_at": time.time(), "pid": os.getpid(), "files": len(self._ledger.rows),
            "documents": len(self._ledger.documents), "waiting": waiting, "trouble": trouble,
            "statuses": Counter(sent.status for sent in self._ledger.rows.values()),
            "rejected": rejected[:LISTED], "rejected_total": len(rejected),
        }  # fmt: skip
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_json(self._path, found)


def last(path: Path) -> dict[str, Any] | None:
    """What was last written, if anything was."""
    try:
        found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
