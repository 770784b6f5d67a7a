"""A weighted fair queue: keys take turns in proportion to their weight, and an idle key saves up no turns."""

from collections import deque
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]


class FairQueue:
    """`add` under a path of `depth` keys, such as lane, department, person; each level takes turns of its own."""

    def __init__(self, depth: int, weights: Mapping[str, float] | None = None) -> None:
        self._depth = depth
        self._weights = weights or {}
        self._below: dict[str, FairQueue | deque[str]] = {}
        self._used: dict[str, float] = {}
        self._now = 0.0
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, path: Path, thing: str) -> None:
        """At the end of what waits under the path; a key that comes new begins now, not where it once stopped."""
        key = path[0]
        if key not in self._below:
            self._below[key] = deque() if self._depth == 1 else FairQueue(self._depth - 1)
            self._used[key] = max(self._now, self._used.get(key, 0.0))
        below = self._below[key]
        if isinstance(below, FairQueue):
            below.add(path[1:], thing)
        else:
            below.append(thing)
        self._size += 1

    def take(self) -> str:
        """The next; IndexError when nothing waits."""
        if not self._below:
            raise IndexError("nothing waits")
        key = min(self._below, key=self._used.__getitem__)
        below = self._below[key]
        thing = below.take() if isinstance(below, FairQueue) else below.popleft()
        self._now = self._used[key]
        self._used[key] += 1 / self._weights.get(key, 1)
        self._shrink(key)
        return thing

    def remove(self, path: Path, thing: str) -> None:
        """Out of the queue, wherever in it."""
        below = self._below[path[0]]
        if isinstance(below, FairQueue):
            below.remove(path[1:], thing)
        else:
            below.remove(thing)
        self._shrink(path[0])

    def order(self) -> Iterator[str]:
        """All that waits, in the order in which it would be taken if nothing else came."""
        copy = self._copy()
        while copy:
            yield copy.take()

    def _shrink(self, key: str) -> None:
        self._size -= 1
        if not self._below[key]:
            del self._below[key]
        if len(self._used) > 2 * len(self._below) + 16:
            self._used = {k: used for k, used in self._used.items() if k in self._below or used > self._now}

    def _copy(self) -> "FairQueue":
        copy = FairQueue(self._depth, self._weights)
        copy._below = {
            k: below._copy() if isinstance(below, FairQueue) else below.copy() for k, below in self._below.items()
        }
        copy._used, copy._now, copy._size = dict(self._used), self._now, self._size
        return copy
