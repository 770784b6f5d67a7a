"""Pending queries with the events received so far; wakes their readers."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from shared.errors import Unavailable
from shared.events import Allowance, QueryAnswered, QueryStreamed, Source
from shared.security.capability import Right

OPEN = 20_000


@dataclass(eq=False, slots=True)
class PendingQuery:
    """One query as this replica heard it. `text` is the newest attempt's, from its beginning without a gap.

    An `adopted` one was taken by another gateway, which may still wait for it.
    """

    query: str
    principal: str
    client: str = "gateway"
    expires_at: datetime | None = None
    keyed: bool = False
    conversation: str | None = None
    question: str = ""
    asked_in: tuple[str, ...] = ()
    right: Right | None = None
    adopted: bool = False
    text: str = ""
    reasoning: str = ""
    progress: QueryStreamed | None = None
    sources: tuple[Source, ...] = ()
    attempt: int = 0
    heard: int = -1
    whole: bool = True
    readers: int = 0
    left_at: float = field(default_factory=time.monotonic)
    quiet_since: float = field(default_factory=time.monotonic)
    cancelled_at: float | None = None
    answer: QueryAnswered | None = None
    newest: dict[str, int] | None = None
    allowance: Allowance | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    woken: set[asyncio.Event] = field(default_factory=set)

    def hear(self, event: QueryStreamed) -> None:
        """A token or a place in the queue; what comes late from an earlier attempt is dropped."""
        if event.attempt < self.attempt or self.answer:
            return
        self.quiet_since = time.monotonic()
        if event.attempt > self.attempt:
            self.attempt, self.heard, self.whole, self.text, self.reasoning = event.attempt, -1, True, "", ""
        # Only the worker counts: the others' places in the queue have no number.
        if event.n or event.kind != "progress":
            self._count(event.n)
        if event.kind == "progress":
            told = self.progress.searches if self.progress else ()
            self.progress = event if event.searches else event.model_copy(update={"searches": told})
            self.sources = event.sources or self.sources
        elif self.whole and event.kind == "token":
            self.text += event.text
        elif self.whole:
            self.reasoning += event.text
        self._wake()

    def _count(self, n: int) -> None:
        # A lost event leaves a gap in the text: the answer fills it, nothing more is added until then.
        self.whole = self.whole and (n == self.heard + 1 or (self.heard < 0 and n <= 1))
        self.heard = n

    def settle(self, answer: QueryAnswered) -> None:
        """The stored answer; the first one counts."""
        if self.answer is None:
            self.answer = answer
            self.answered.set()
            self._wake()

    @contextmanager
    def read(self) -> Iterator[None]:
        """While someone reads, nobody takes the query for abandoned."""
        self.readers += 1
        try:
            yield
        finally:
            self.readers -= 1
            self.left_at = time.monotonic()

    def abandoned(self, grace: float) -> bool:
        """Nobody reads it for `grace` seconds, here or elsewhere, and nobody can ask for it again by its key."""
        alone = not self.readers and time.monotonic() - self.left_at > grace
        return alone and not self.keyed and not self.adopted and self.cancelled_at is None

    def cancel(self) -> None:
        """Told to all; who works on it may still store what is written so far."""
        self.cancelled_at = self.cancelled_at or time.monotonic()

    def _wake(self) -> None:
        for reader in self.woken:
            reader.set()


class PendingQueries:
    """The calls of this replica; those with an answer stay a while, so that a lost reader can read on."""

    def __init__(self, resumable: int = 1000) -> None:
        self._open: dict[str, PendingQuery] = {}
        self._ended: OrderedDict[str, PendingQuery] = OrderedDict()
        self._resumable = resumable

    def open(self, call: PendingQuery) -> PendingQuery:
        """Register a call before its question is published; a second one for the same query joins the first."""
        if len(self._open) >= OPEN:
            raise Unavailable("Too many questions wait here. Ask again in a few seconds.", "queue_full", 5)
        return self._open.setdefault(call.query, call)

    def drop(self, call: PendingQuery, refusal: QueryAnswered) -> None:
        """Forget a call whose question was never taken, once those who joined it heard why."""
        self._open.pop(call.query, None)
        call.settle(refusal)

    def forget(self, query: str) -> None:
        """An answer that was erased cannot be read again."""
        self._ended.pop(query, None)

    def find(self, query: str) -> PendingQuery | None:
        return self._open.get(query) or self._ended.get(query)

    def unanswered(self) -> list[PendingQuery]:
        return list(self._open.values())

    def hear(self, event: QueryStreamed) -> None:
        if call := self._open.get(event.query):
            call.hear(event)

    def settle(self, answer: QueryAnswered) -> PendingQuery | None:
        """The answer reaches its call, which moves to those that can only be read again."""
        call = self._open.pop(answer.query, None)
        if call:
            call.settle(answer)
            self._ended[answer.query] = call
            if len(self._ended) > self._resumable:
                self._ended.popitem(last=False)
        return call
