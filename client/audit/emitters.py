"""Checks the numbers of each emitter: a missing number is an event that was lost before the log stored it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import orjson

IN_FLIGHT = 30  # seconds within which a number may still arrive on another stream


@dataclass
class Emitter:
    """Numbers up to `last` arrived, except those in `open` (with the log time since when)."""

    last: int = 0
    open: dict[int, str] = field(default_factory=dict)


class Emitters:
    """By `service.boot`: numbers count from 1 in each process."""

    def __init__(self) -> None:
        self.whole = False  # whether reading began with the first record
        self._known: dict[str, Emitter] = {}
        self._newest = ""

    def add(self, leaf: bytes) -> None:
        """Add a record; older and external records have no emitter."""
        record = orjson.loads(leaf)
        self._newest = max(self._newest, str(record.get("at", "")))
        if not (name := record.get("emitter")) or not record.get("n"):
            return
        emitter = self._known.get(name)
        if emitter is None:
            # Events before the first record read cannot be checked.
            emitter = self._known[name] = Emitter(0 if self.whole else record["n"] - 1)
        self._count(emitter, record["n"], record["at"])
        for number in _numbers(record.get("void", "")):
            self._count(emitter, number, record["at"])

    @staticmethod
    def _count(emitter: Emitter, number: int, at: str) -> None:
        emitter.open.pop(number, None)
        for missing in range(emitter.last + 1, number):
            emitter.open[missing] = at
        emitter.last = max(emitter.last, number)

    def gaps(self) -> list[str]:
        """A message for each emitter with missing numbers; those that may still arrive are left out."""
        found = []
        for name, emitter in sorted(self._known.items()):
            lost = [n for n, since in sorted(emitter.open.items()) if self._older(since)]
            if lost:
                numbers = ", ".join(map(str, lost[:10])) + (f" and {len(lost) - 10} more" if len(lost) > 10 else "")
                found.append(f"{name} published events that are not in the log: {numbers}")
        return found

    def _older(self, since: str) -> bool:
        first, last = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (since, self._newest))
        return (last - first).total_seconds() > IN_FLIGHT


def _numbers(text: str) -> Iterator[int]:
    """`3,7-9` are 3, 7, 8 and 9."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
