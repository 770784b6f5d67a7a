"""One event as a leaf of the log: JSON without content."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

LONGEST = 65_535  # bytes of a leaf that a C2SP entry bundle can hold


@dataclass(slots=True)
class Entry:
    """What is known of an event before it has a number. `at` is in µs since 1970; `n` counts what its emitter told."""

    at: int
    stream: str
    stream_seq: int
    subject: str
    event_id: str
    source: str
    principal: str
    about: str
    size: int
    digest: str
    emitter: str = ""
    n: int = 0
    void: str = ""
    origin: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def stamp(self) -> int:
        """64 bits of the digest, signed as SQL wants it."""
        return int.from_bytes(bytes.fromhex(self.digest[:16]), "big", signed=True)

    def leaf(self, seq: int) -> bytes:
        """The bytes of record `seq`, which counts from 1. Facts that do not fit are left out and said to be."""
        found = {"seq": seq, "at": _time(self.at), "subject": self.subject} | self._rest()
        data = orjson.dumps(found)
        return data if len(data) <= LONGEST else orjson.dumps(found | {"facts": {"left_out": len(data)}})

    def _rest(self) -> dict[str, Any]:
        told: dict[str, Any] = {"emitter": self.emitter, "n": self.n, "void": self.void, "origin": self.origin}
        told["facts"] = self.facts
        return {
            "principal": self.principal,
            "about": self.about,
            "stream": self.stream,
            "stream_seq": self.stream_seq,
            "event_id": self.event_id,
            "source": self.source,
            "size": self.size,
            "digest": self.digest,
        } | {name: value for name, value in told.items() if value}

    def row(self, seq: int) -> dict[str, Any]:
        """Its row of `log_leaves`."""
        return {
            "seq": seq,
            "at": self.at,
            "stream": self.stream,
            "stream_seq": self.stream_seq,
            "stamp": self.stamp,
            "subject": self.subject,
            "about": self.about,
            "principal": self.principal,
            "leaf": self.leaf(seq),
        }


def _time(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def row_of_leaf(leaf: bytes) -> dict[str, Any]:
    """The row that a leaf was written with."""
    told = orjson.loads(leaf)
    at = datetime.fromisoformat(told["at"].replace("Z", "+00:00"))
    columns = {name: told[name] for name in ("seq", "stream", "stream_seq", "subject", "about", "principal")}
    stamp = int.from_bytes(bytes.fromhex(told["digest"][:16]), "big", signed=True)
    return columns | {"at": round(at.timestamp() * 1e6), "stamp": stamp, "leaf": leaf}
