"""Evaluates rules over records in order, with counters for each rule and person."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.audit.rules.rule import Rule

QUIET_WINDOWS = 1  # after a finding, the same rule is silent about the same key for so many windows
HABIT_WINDOWS = 6  # windows with something in them that make a habit
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's threshold was passed by `key` with record `seq`; `value` is what was counted."""

    rule: Rule
    key: str
    value: float
    seq: int
    at: datetime


@dataclass(slots=True)
class Counter:
    """What one key did: inside the window, and per window before it."""

    inside: deque[tuple[datetime, float, str]] = field(default_factory=deque)
    total: float = 0.0
    window: int = -1
    windows: int = 0
    earlier: float = 0.0
    current: float = 0.0
    silent_until: datetime | None = None

    def add(self, at: datetime, amount: float, value: str, span: int) -> float:
        """The count inside the window that ends now."""
        oldest = at - timedelta(seconds=span)
        while self.inside and self.inside[0][0] <= oldest:
            self.total -= self.inside.popleft()[1]
        if value and any(value == known for _, _, known in self.inside):
            return self.total
        self.inside.append((at, amount, value))
        self.total += amount
        self._habit(int(at.timestamp() // span), amount)
        return self.total

    def _habit(self, window: int, amount: float) -> None:
        if window != self.window:
            self.earlier, self.windows = self.earlier + self.current, self.windows + (self.window >= 0)
            self.window, self.current = window, 0.0
        self.current += amount

    @property
    def usual(self) -> float | None:
        """The mean of the windows before this one; None while they are too few to be a habit."""
        return self.earlier / self.windows if self.windows >= HABIT_WINDOWS else None


class Engine:
    """State is nothing but the records it was given: the same records give the same findings."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._of_kind: dict[str, tuple[Rule, ...]] = {}
        self._counters: dict[tuple[str, str], Counter] = {}

    @property
    def longest(self) -> int:
        """Seconds of the past that a restart needs."""
        return max((rule.window for rule in self._rules), default=0)

    def add(self, record: Record) -> Iterator[Finding]:
        """What this record brings above a threshold."""
        at = datetime.fromisoformat(record["at"])
        for rule in self._about(record["subject"]):
            if rule.takes(record, at) and (key := rule.key(record)):
                found = self._counted(rule, key, record, at)
                if found is not None:
                    yield Finding(rule, key, found, record["seq"], at)

    def _about(self, subject: str) -> tuple[Rule, ...]:
        """The rules that may be about it, by the first word of both."""
        kind = subject.partition(".")[0]
        if kind not in self._of_kind:
            of_it = (rule for rule in self._rules if kind.startswith(rule.subject.partition(".")[0]))
            self._of_kind[kind] = tuple(of_it)
        return self._of_kind[kind]

    def _counted(self, rule: Rule, key: str, record: Record, at: datetime) -> float | None:
        amount, value = rule.amount(record)
        if not amount:
            return None
        counter = self._counters.get((rule.name, key)) or self._counters.setdefault((rule.name, key), Counter())
        count = counter.add(at, amount, value, rule.window)
        if count <= rule.above or (counter.silent_until and at < counter.silent_until):
            return None
        if rule.times_habit and counter.usual is not None and count <= counter.usual * rule.times_habit:
            return None
        counter.silent_until = at + timedelta(seconds=rule.window * QUIET_WINDOWS)
        return count
