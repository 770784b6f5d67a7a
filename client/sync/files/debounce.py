"""Finds changed files that have stopped changing, so that no half-written file is uploaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from client.sync.files.scanner import FileStamp, ScanResult
from client.sync.state import SyncedFile

QUIET_SECONDS = 2.0  # seconds that a file's size and time must stay


@dataclass
class FolderChanges:
    """Paths to upload, deleted paths, and paths that still change."""

    fresh: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    empty: int = 0


class Debouncer:
    """Remembers which files differ from the state, and since when they are unchanged."""

    def __init__(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        self.quiet_seconds = quiet_seconds
        self._since: dict[str, tuple[FileStamp | None, float]] = {}

    def compare(self, seen: ScanResult, rows: Mapping[str, SyncedFile], now: float) -> FolderChanges:
        """The changes that are stable; `now` is monotonic seconds."""
        changes, since = FolderChanges(), dict[str, tuple[FileStamp | None, float]]()
        for path, stamp in seen.files.items():
            known = rows.get(path)
            if known is not None and (known.size, known.modified) == stamp[:2]:
                continue
            if stamp.size == 0:
                changes.empty += 1
            else:
                (changes.fresh if self._kept(path, stamp, since, now) else changes.waiting).append(path)
        for path in rows.keys() - seen.files.keys():
            if not seen.hides(path):
                (changes.gone if self._kept(path, None, since, now) else changes.waiting).append(path)
        self._since = since
        changes.fresh.sort()
        changes.gone.sort()
        return changes

    def reset(self, path: str) -> None:
        """The file was in use: start counting with the next scan."""
        self._since.pop(path, None)

    def _kept(
        self, path: str, stamp: FileStamp | None, since: dict[str, tuple[FileStamp | None, float]], now: float
    ) -> bool:
        before = self._since.get(path)
        since[path] = before if before and before[0] == stamp else (stamp, now)
        return now - since[path][1] >= self.quiet_seconds
