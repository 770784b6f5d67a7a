"""The durable consumers: who gets which messages of which stream, and how often when it fails."""

import os
from dataclasses import dataclass
from typing import Any

from shared.errors import NotReady
from shared.streams.streams import ADVISORIES, SECOND

POOLS = tuple(os.environ.get("CLOISTER_POOLS", "default").replace(",", " ").split())


@dataclass(frozen=True, slots=True)
class Consumer:
    """One durable of a service. `attempts` -1 never gives up; `pending` messages may be out at once.

    Who works on a message says so three times in `wait` seconds; when it dies, another gets the message after them.
    """

    stream: str
    name: str
    service: str
    filters: tuple[str, ...]
    attempts: int = 6
    pending: int = 1_000
    wait: float = 6

    @property
    def filter(self) -> str:
        """The one subject it takes, or `>` when they are several."""
        return self.filters[0] if len(self.filters) == 1 else ">"

    def config(self) -> dict[str, Any]:
        """The server's own form of it."""
        filters = {"filter_subject": self.filter} if len(self.filters) == 1 else {"filter_subjects": list(self.filters)}
        return filters | {
            "durable_name": self.name, "name": self.name, "ack_policy": "explicit", "deliver_policy": "all",
            "replay_policy": "instant", "ack_wait": int(self.wait * SECOND), "max_deliver": self.attempts,
            "max_ack_pending": self.pending,
        }  # fmt: skip

    def takes(self, subject: str) -> bool:
        """Whether messages of `subject` (which may hold wildcards) come here."""
        return any(covers(filter, subject) for filter in self.filters)


def covers(pattern: str, subject: str) -> bool:
    """Whether every subject that `subject` stands for is one that `pattern` stands for."""
    wide, narrow = pattern.split("."), subject.split(".")
    if wide[-1] == ">":
        return len(narrow) >= len(wide) and covers(".".join(wide[:-1]), ".".join(narrow[: len(wide) - 1]))
    return len(wide) == len(narrow) and all(a in ("*", b) and b != ">" for a, b in zip(wide, narrow, strict=True))


def inference(pool: str) -> Consumer:
    """A pool's own: workers that are killed count as deliveries, so it may take many."""
    return Consumer("QUERIES", f"inference-{pool}", "inference", (f"query.ready.v1.{pool}",), attempts=100)


CONSUMERS = (
    Consumer("ASKS", "gateway", "gateway", ("ask.*",)),
    Consumer("QUERIES", "connectors", "connectors", ("query.asked.v1",)),
    Consumer("QUERIES", "retrieval", "retrieval", ("query.routed.v1",)),
    # It holds what waits for a worker, and shows every two seconds that it does.
    Consumer("QUERIES", "dispatch", "dispatch", ("query.grounded.v1",), attempts=100, pending=10_000),
    *map(inference, POOLS),
    Consumer("QUERIES", "audit", "audit", ("query.>",), attempts=-1, pending=10_000),
    Consumer("ANSWERS", "audit", "audit", ("answer.*.*",), attempts=-1, pending=10_000),
    # A process that is killed counts as a delivery: a document ends indexed or rejected however often that happens.
    Consumer("DOCUMENTS", "ingestion", "ingestion", ("document.uploaded.v1",), attempts=10_000),
    Consumer("DOCUMENTS", "ingestion-indexed", "ingestion", ("document.indexed.v1",), attempts=10_000),
    Consumer("DOCUMENTS", "ingestion-rejected", "ingestion", ("document.rejected.v1",), attempts=10_000),
    Consumer("DOCUMENTS", "ingestion-forgotten", "ingestion", ("document.forgotten.v1",), attempts=10_000),
    # Embedding keeps a small machine so busy that its signs come late; it waits as long as the model is away.
    Consumer("DOCUMENTS", "retrieval", "retrieval", ("document.chunked.v1",), attempts=10_000, wait=30),
    Consumer("DOCUMENTS", "retrieval-amended", "retrieval", ("document.amended.v1",), attempts=10_000),
    Consumer("DOCUMENTS", "retrieval-access", "retrieval", ("document.access_changed.v1",), attempts=10_000),
    Consumer("DOCUMENTS", "retrieval-removed", "retrieval", ("document.removed.v1",), attempts=10_000),
    Consumer("DOCUMENTS", "audit", "audit", ("document.>",), attempts=-1, pending=10_000),
    Consumer("AUDIT", "audit", "audit", ("audit.>", "access.>"), attempts=-1, pending=10_000),
    Consumer("FAILED", "gateway", "gateway", ("failed.>", ADVISORIES)),
    Consumer("FAILED", "audit", "audit", ("failed.>", ADVISORIES), attempts=-1, pending=10_000),
)


def consumers_of(service: str) -> list[Consumer]:
    """All durables of a service."""
    return [consumer for consumer in CONSUMERS if consumer.service == service]


def consumer_for(service: str, subject: str, **fields: str) -> Consumer:
    """The durable through which `service` gets `subject`; `{field}` in it is filled from `fields`."""
    wanted = subject.format_map(fields) if fields else subject
    for consumer in consumers_of(service):
        if consumer.takes(wanted):
            return consumer
    if service == "inference" and wanted.startswith("query.ready.v1."):
        raise NotReady(f"No pool takes {wanted}. Name it in CLOISTER_POOLS and run `cloister streams apply`.")
    raise NotReady(f"{service} has no consumer for {wanted}. Declare one in shared/streams/consumers.py.")
