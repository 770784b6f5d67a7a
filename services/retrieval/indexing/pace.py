"""How fast chunks get their vectors, and when those of each revision will be there."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from services.retrieval.indexing.pending import Waiting

SECONDS = 0.5  # of a step
LEAST, MOST = 4, 64  # chunks of a step: the fewest are about half a second of a small machine
LATELY = 30.0  # seconds that the pace is taken from


class Pace:
    """Of one process."""

    def __init__(self) -> None:
        self.most, self._steps = LEAST, deque[tuple[float, float, int]]()

    @contextmanager
    def step(self, count: int) -> Iterator[None]:
        """Times `count` chunks: twice as many at once after a quick step, half as many after a slow one."""
        began = time.monotonic()
        yield
        ended = time.monotonic()
        if count == self.most:
            self.most = min(2 * count, MOST) if ended - began < SECONDS else self.most
        if ended - began > 4 * SECONDS:
            self.most = max(self.most // 2, LEAST)
        self._steps.append((began, ended, count))
        while self._steps[0][1] < ended - LATELY:
            self._steps.popleft()

    @property
    def chunks_a_second(self) -> float:
        """Of the last half minute; 0 before the first step."""
        if not self._steps:
            return 0.0
        span = self._steps[-1][1] - min(began for began, _, _ in self._steps)
        return sum(count for _, _, count in self._steps) / max(span, 1e-3)

    def due(self, waiting: Sequence[Waiting]) -> list[datetime | None]:
        """When each of these, in this order, will have its last vector."""
        rate, ahead, now = self.chunks_a_second, 0, datetime.now(UTC)
        found: list[datetime | None] = []
        for one in waiting:
            ahead += one.missing
            found.append(now + timedelta(seconds=ahead / rate) if rate else None)
        return found
