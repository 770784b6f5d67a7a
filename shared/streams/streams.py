"""The streams: what is kept, how much, how long."""

import os
from dataclasses import dataclass
from typing import Any, Literal

from shared.errors import NotReady

SECOND = 1_000_000_000  # JetStream counts nanoseconds
DAY = 86_400
MB = 1 << 20
ADVISORIES = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>"


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream as we want it; `days` 0 keeps for ever. When it is full the newcomer is refused, unless `rolling`.

    `duplicates` are the seconds in which a message id is taken once; None takes no notice of them.
    """

    name: str
    subjects: tuple[str, ...]
    why: str
    retention: Literal["limits", "interest", "workqueue"] = "limits"
    bytes: int = 512 * MB
    days: float = 0
    message_bytes: int = MB
    per_subject: int = 0
    messages: int = 0
    republish: tuple[str, str] | None = None
    sealed: bool = False
    rollup: bool = False
    schedules: bool = False
    rolling: bool = False
    duplicates: float | None = 120

    def config(self) -> dict[str, Any]:
        """The server's own form of it."""
        wanted: dict[str, Any] = {
            "name": self.name,
            "description": self.why,
            "subjects": list(self.subjects),
            "retention": self.retention,
            "storage": "file",
            "discard": "old" if self.rolling else "new",
            "num_replicas": replicas(),
            "allow_direct": True,
            "max_bytes": self.bytes,
            "max_age": int(self.days * DAY * SECOND),
            "max_msg_size": self.message_bytes,
            "max_msgs": self.messages or -1,
            "max_msgs_per_subject": self.per_subject or -1,
            "discard_new_per_subject": self.per_subject > 0 and not self.rolling,
            "duplicate_window": int((self.duplicates or 0) * SECOND),
            "deny_delete": self.sealed,
            "deny_purge": self.sealed,
            "allow_rollup_hdrs": self.rollup or self.schedules,
            "allow_msg_schedules": self.schedules,
        }
        if self.duplicates is None:
            # Without a source the server puts two minutes in the place of 0. There is no stream of this name.
            wanted["sources"] = [{"name": "NOTHING", "filter_subject": "nothing"}]
        if self.republish:
            wanted["republish"] = {"src": self.republish[0], "dest": self.republish[1]}
        return wanted


def replicas() -> int:
    """On how many of the bus's nodes a message is kept."""
    given = os.environ.get("CLOISTER_STREAM_REPLICAS") or "1"
    if given not in ("1", "3", "5"):
        raise NotReady(f"CLOISTER_STREAM_REPLICAS={given!r} is set wrongly: set 1, or 3 or 5 as the bus has nodes.")
    return int(given)


STREAMS = (
    # Headers count towards the 64 KiB. One client may fill its own 200, never the 1,000 of all. No window in which one
    # client's message id would swallow the question of another.
    Stream(
        "ASKS", ("ask.*",), "Questions from business systems", "workqueue", 64 * MB, 1, 65_536, 200, 1_000,
        duplicates=None,
    ),
    # A day is the backstop for what no consumer finishes: without it, such messages fill the stream for good.
    Stream("QUERIES", ("query.>",), "A question's journey", "interest", 1_024 * MB, 1),
    # One message a subject, the newcomer refused: an answer is stored once whatever its writer sends along.
    Stream(
        "ANSWERS", ("answer.*.*",), "Answers, kept for a week", "limits", 4_096 * MB, 7, per_subject=1,
        republish=("answer.*.*", "answered.{{wildcard(1)}}.{{wildcard(2)}}"),
    ),
    Stream("DOCUMENTS", ("document.>",), "Documents on their way to the index", "interest", 4_096 * MB, 30),
    Stream("AUDIT", ("audit.>", "access.>"), "Who changed or tried what", "limits", 4_096 * MB, sealed=True),
    # Two years of the log itself; the tables and the archives keep what is older. Nobody deletes from it.
    Stream(
        "AUDIT_LOG", ("auditlog.appended.v1",), "The audit log, signed", bytes=8_192 * MB, days=730, sealed=True,
        rolling=True,
    ),
    Stream("FAILED", ("failed.>", ADVISORIES), "What gave up, and why", "limits", 256 * MB, 30),
    # A schedule is a message of its own. Of its moments the newest alone is kept: after an outage it comes once.
    Stream(
        "SCHEDULES", ("sched.*", "due.*"), "Scheduled questions, and their moments", bytes=64 * MB, per_subject=1,
        schedules=True, rolling=True,
    ),
    # One machine may fill its own 1,000, never the 10,000 of all. As for ASKS, no window that machines share.
    Stream(
        "SIGNALS", ("signal.*",), "Readings that rules look at", "workqueue", 64 * MB, 1, 65_536, 1_000, 10_000,
        duplicates=None,
    ),
    # A capability lives for a day and a minute at most: older losses are in every capability that still holds.
    Stream("REVOCATIONS", ("rights.revoked.v1",), "Who lost which right", "limits", 256 * MB, 2),
)  # fmt: skip

# NATS's object store, bucket `documents`: the names below are the client libraries' convention.
OBJECTS = Stream(
    "OBJ_documents", ("$O.documents.C.>", "$O.documents.M.>"), "The bytes of documents", bytes=32_768 * MB, rollup=True
)
