"""Durable consumers, as the registry declares them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.errors import NotReady
from shared.registry import services
from shared.streams.streams import SECOND

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
            "durable_name": self.name,
            "name": self.name,
            "ack_policy": "explicit",
            "deliver_policy": "all",
            "replay_policy": "instant",
            "ack_wait": int(self.wait * SECOND),
            "max_deliver": self.attempts,
            "max_ack_pending": self.pending,
        }

    def takes(self, subject: str) -> bool:
        """Whether messages of `subject` (which may hold wildcards) come here."""
        return any(covers(filter, subject) for filter in self.filters)


def covers(pattern: str, subject: str) -> bool:
    """Whether every subject that `subject` stands for is one that `pattern` stands for."""
    wide, narrow = pattern.split("."), subject.split(".")
    if wide[-1] == ">":
        return len(narrow) >= len(wide) and covers(".".join(wide[:-1]), ".".join(narrow[: len(wide) - 1]))
    return len(wide) == len(narrow) and all(a in ("*", b) and b != ">" for a, b in zip(wide, narrow, strict=True))


def _declared(service: str, given: dict[str, Any]) -> Iterator[Consumer]:
    for pool in POOLS if "{pool}" in given.get("name", "") else ("",):
        fields = {key: value for key, value in given.items() if key not in ("name", "subjects")}
        subjects = tuple(subject.format(pool=pool) for subject in given["subjects"])
        yield Consumer(name=given.get("name", service).format(pool=pool), service=service, filters=subjects, **fields)


CONSUMERS = tuple(
    consumer
    for service, entry in services().items()
    for given in entry.consumers
    for consumer in _declared(service, given)
)


def consumers_of(service: str) -> list[Consumer]:
    """All durables of a service."""
    return [consumer for consumer in CONSUMERS if consumer.service == service]


def consumer_for(service: str, subject: str, **fields: str) -> Consumer:
    """The durable through which `service` gets `subject`; `{field}` in it is filled from `fields`."""
    wanted = subject.format_map(fields) if fields else subject
    # One that takes nothing else comes before one that takes everything.
    for consumer in sorted(consumers_of(service), key=lambda consumer: consumer.filters != (wanted,)):
        if consumer.takes(wanted):
            return consumer
    if service == "inference" and wanted.startswith("query.ready.v1."):
        raise NotReady(f"No pool takes {wanted}. Name it in CLOISTER_POOLS and run `cloister streams apply`.")
    raise NotReady(f"{service} has no consumer for {wanted}. Declare one in shared/registry.toml.")
