"""The queue of questions: fair between lanes, departments and people, with positions and expected waits."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from services.dispatch.fair_queue import FairQueue, Path
from shared.bus import Delivery
from shared.events import Lane, QueryGrounded
from shared.security.capability import Right

LANES: tuple[Lane, ...] = get_args(Lane)
FIRST_GUESS = 5.0  # seconds an answer takes, before any was seen
WEIGHT = 0.1  # of the newest answer in the running mean


@dataclass(eq=False)
class WaitingQuestion:
    """A question whose message is held; `told` is the place its asker knows, `right` what it was asked under.

    `since` is the loop's time at which it came.
    """

    query: QueryGrounded
    message: Delivery
    told: int = 0
    right: Right | None = None
    since: float = 0.0

    @property
    def path(self) -> Path:
        """Lane, department, person."""
        return self.query.lane, self.query.principal.department, self.query.principal.id

    def expired(self, now: datetime) -> bool:
        return self.query.expires_at <= now


class QuestionQueue:
    """One pool's questions, by query id."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._turns = FairQueue(3, weights)
        self.waiting: dict[str, WaitingQuestion] = {}

    def __len__(self) -> int:
        return len(self.waiting)

    def add(self, one: WaitingQuestion) -> None:
        """Once; a message that comes again replaces its own earlier delivery."""
        if one.query.query not in self.waiting:
            self._turns.add(one.path, one.query.query)
        self.waiting[one.query.query] = one

    def take(self) -> WaitingQuestion:
        """Whose turn it is."""
        return self.waiting.pop(self._turns.take())

    def remove(self, query: str) -> WaitingQuestion | None:
        """Nobody waits for it any more."""
        if one := self.waiting.pop(query, None):
            self._turns.remove(one.path, query)
        return one

    def by_lane(self) -> dict[str, int]:
        """How many wait in each lane; 0 in an empty one."""
        counted = Counter(one.query.lane for one in self.waiting.values())
        return {lane: counted[lane] for lane in LANES}

    def places(self) -> dict[str, int]:
        """The place of each, from 1, if nothing else came."""
        return {query: place for place, query in enumerate(self._turns.order(), 1)}


class AnswerPace:
    """How long answers take, as a running mean of seconds."""

    def __init__(self) -> None:
        self.mean = FIRST_GUESS

    def saw(self, seconds: float) -> None:
        self.mean += WEIGHT * (seconds - self.mean)

    def wait(self, place: int, slots: int) -> float | None:
        """Expected seconds until the question at `place` begins; None when nobody works."""
        return round(place * self.mean / slots, 1) if slots else None
