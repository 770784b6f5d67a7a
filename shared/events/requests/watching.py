"""Requests of administrators who watch: what waits for a worker, and how business sources are."""

from pydantic import Field

from shared.events.message import Model, Request
from shared.events.text import Title


class WorkerState(Model):
    """A worker by its last heartbeat: its slots, how many answers it writes now, and its models."""

    worker: str
    slots: int
    busy: int
    models: tuple[str, ...]


class PoolState(Model):
    """A pool: its workers, what waits for it by lane, and seconds: a usual answer's, and of the oldest that waits."""

    pool: str
    workers: tuple[WorkerState, ...]
    slots: int
    answering: int
    waiting: dict[str, int]
    answer_seconds: float
    oldest_seconds: float
    wait_seconds: float | None


class QueueState(Model):
    """Every pool of the dispatch that replied."""

    pools: tuple[PoolState, ...]


class DescribeQueue(Request[QueueState], subject="dispatch.describe.v1"):
    """What waits, and who works? For administrators."""

    capability: str = Field(repr=False)
    query: str


class SourceState(Model):
    """A declared source and whether it works: `problems` in words, none when all is well. `kind` is its database's."""

    source: str
    title: Title
    kind: str
    workspaces: tuple[str, ...]
    tables: int
    queries: int
    problems: tuple[str, ...]


class SourceStates(Model):
    """All that are declared."""

    sources: tuple[SourceState, ...]


class DescribeSources(Request[SourceStates], subject="connectors.describe.v1"):
    """Which sources are declared, and do they work? Each is tried now. For administrators."""

    capability: str = Field(repr=False)
    query: str
    language: str = "zh"
