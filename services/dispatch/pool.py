"""Free slots of one worker pool, from its heartbeats and finished answers."""

from collections.abc import Mapping

from services.dispatch.question_queue import AnswerPace, QuestionQueue
from shared.events import WorkerSeen

SILENT = 3.5  # seconds without a heartbeat: three are missing
SETTLED = 3.0  # seconds after which a heartbeat knows of a released question


class Pool:
    """Its workers, what it was given and what waits for it. Times are the loop's."""

    def __init__(self, name: str, weights: Mapping[str, float]) -> None:
        self.name = name
        self.queue = QuestionQueue(weights)
        self.pace = AnswerPace()
        self._workers: dict[str, tuple[WorkerSeen, float]] = {}
        self.released: dict[str, float] = {}
        self._others = 0

    @property
    def workers(self) -> list[WorkerSeen]:
        """Their last heartbeats, by name."""
        return sorted((seen for seen, _ in self._workers.values()), key=lambda seen: seen.connection)

    @property
    def slots(self) -> int:
        return sum(seen.slots for seen, _ in self._workers.values())

    @property
    def held(self) -> int:
        return sum(len(seen.held) for seen, _ in self._workers.values())

    @property
    def free(self) -> int:
        """What workers held at the last heartbeat beyond our own questions came from another dispatch."""
        return self.slots - len(self.released) - self._others

    def models(self) -> set[str]:
        return {model for seen, _ in self._workers.values() for model in seen.models}

    def seen(self, worker: WorkerSeen, now: float) -> None:
        """A heartbeat. What was released long ago and nobody holds is no longer counted: its end was not heard."""
        self._workers[worker.connection] = worker, now
        if worker.leaving:
            del self._workers[worker.connection]
        old = [query for query, at in self.released.items() if at < now - SETTLED]
        for query in old[: max(0, len(self.released) - self.held)]:
            del self.released[query]
        self._others = max(0, self.held - len(self.released))

    def lost(self, connection: str) -> tuple[str, ...]:
        """A worker's connection ended: the acknowledgement subjects of what it held."""
        seen, _ = self._workers.pop(connection, (None, 0.0))
        return seen.held if seen else ()

    def forget_silent(self, now: float) -> None:
        for connection, (_, at) in list(self._workers.items()):
            if at < now - SILENT:
                del self._workers[connection]

    def ended(self, query: str, now: float) -> None:
        """Answered, failed or cancelled."""
        if (at := self.released.pop(query, None)) is not None:
            self.pace.saw(now - at)
