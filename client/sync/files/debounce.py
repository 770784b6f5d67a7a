"""Two looks at a folder, what has changed and keeps still out: a half-written file is not whole yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from client.sync.files.scanner import Seen, Stamp
from client.sync.state import Sent

STILL = 2.0  # seconds that a file's size and time must stay


@dataclass
class Changes:
    """Paths to be sent, paths that are gone, and those that are waited for."""

    fresh: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    empty: int = 0


class Steady:
    """Remembers what differs from the record, and since when it looks the same."""

    def __init__(self, still: float = STILL) -> None:
        self.still = still
        self._since: dict[str, tuple[Stamp | None, float]] = {}

    def look(self, seen: Seen, rows: Mapping[str, Sent], now: float) -> Changes:
        """What may be done now; `now` is monotonic seconds."""
        changes, since = Changes(), dict[str, tuple[Stamp | None, float]]()
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

    def again(self, path: str) -> None:
        """It was in use: count from the next look."""
        self._since.pop(path, None)

    def _kept(self, path: str, stamp: Stamp | None, since: dict[str, tuple[Stamp | None, float]], now: float) -> bool:
        before = self._since.get(path)
        since[path] = before if before and before[0] == stamp else (stamp, now)
        return now - since[path][1] >= self.still
