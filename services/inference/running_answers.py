"""Running answers: each is cancelled as soon as its asker, or a document of its prompt, loses its rights."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from services.inference.revocations import Revocations as ClosedDocuments
from shared.errors import Refused
from shared.events import Passage
from shared.security.capability import Right
from shared.security.revocation import Revocations, revoked

LOOK_SECONDS = 0.5  # between two looks at rights that end by the clock
SHUT = "A document behind this answer was closed to you while it was being written. Ask again."


@dataclass(eq=False)
class RunningAnswer:
    """One answer under way; `why` it was stopped."""

    right: Right
    passages: tuple[Passage, ...]
    task: asyncio.Task[None]
    why: Refused | None = None


class RunningAnswers:
    """Looks at all of them after each loss, each change of a document, and every half a second."""

    def __init__(self, revocations: Revocations, closed: ClosedDocuments) -> None:
        self._revocations, self._closed = revocations, closed
        self._written: set[RunningAnswer] = set()
        revocations.changed.append(self.look)

    @contextmanager
    def watched(self, right: Right, passages: tuple[Passage, ...], task: asyncio.Task[None]) -> Iterator[None]:
        """Raises why it was stopped, if it was."""
        one = RunningAnswer(right, passages, task)
        self._written.add(one)
        try:
            self.look()
            yield
        except asyncio.CancelledError:
            if one.why is None:
                raise
        finally:
            self._written.discard(one)
        if one.why:
            raise one.why

    def look(self) -> None:
        """Stop what may not go on."""
        for one in self._written:
            if one.why is None and (why := self.unfit(one.right, one.passages)):
                one.why = why
                one.task.cancel()

    def unfit(self, right: Right, passages: tuple[Passage, ...]) -> Refused | None:
        """Why an answer from these passages may not be told, if so."""
        if self._revocations.lost(right):
            return revoked()
        if right.expires_at <= datetime.now(UTC):
            return Refused("expired", "The right to read ran out while this was written. Ask again.", 403)
        if len(self._closed.left(passages, right)) < len(passages):
            return no_longer_open()
        return None

    async def live(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()


def no_longer_open() -> Refused:
    """A document of the prompt is no longer open to the asker."""
    return Refused("document_closed", SHUT, 403)
