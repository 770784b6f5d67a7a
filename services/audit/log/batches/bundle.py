"""The format of a batch on the bus and in archives: leaves, hashes and the checkpoint after it."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUBJECT = "auditlog.appended.v1"
STREAM = "AUDIT_LOG"


@dataclass(frozen=True, slots=True)
class Bundle:
    """`first` counts from 1; a bundle without leaves only proves that nothing happened until then.

    `hashes` are those of the leaves, `edge` those of the perfect subtrees before them: each bundle proves itself.
    """

    batch: int
    first: int
    size: int
    at: int
    note: str
    leaves: Sequence[bytes]
    hashes: Sequence[bytes]
    edge: Sequence[bytes]

    def headers(self) -> dict[str, str]:
        """All but the leaves, as the headers of a message."""
        return {
            "Log-Batch": str(self.batch),
            "Log-First": str(self.first),
            "Log-Size": str(self.size),
            "Log-At": str(self.at),
            "Log-Checkpoint": base64.b64encode(self.note.encode()).decode(),
            "Log-Hashes": _text(self.hashes),
            "Log-Edge": _text(self.edge),
        }

    def body(self) -> bytes:
        """A line for each leaf; JSON has no line breaks of its own."""
        return b"".join(leaf + b"\n" for leaf in self.leaves)

    def lines(self) -> bytes:
        """The same for an archive: a line for the bundle, then its leaves."""
        about = {
            "batch": self.batch,
            "first": self.first,
            "size": self.size,
            "at": self.at,
            "checkpoint": self.note,
            "hashes": _text(self.hashes),
            "edge": _text(self.edge),
        }
        return json.dumps({"bundle": about}).encode() + b"\n" + self.body()


def parsed(headers: Mapping[str, str], body: bytes) -> Bundle:
    """A message as it was published; KeyError or ValueError when it is something else."""
    return Bundle(
        int(headers["Log-Batch"]),
        int(headers["Log-First"]),
        int(headers["Log-Size"]),
        int(headers["Log-At"]),
        base64.b64decode(headers["Log-Checkpoint"]).decode(),
        body.split(b"\n")[:-1],
        _hashes(headers.get("Log-Hashes", "")),
        _hashes(headers.get("Log-Edge", "")),
    )


def _text(hashes: Sequence[bytes]) -> str:
    return base64.b64encode(b"".join(hashes)).decode()


def _hashes(text: str) -> list[bytes]:
    data = base64.b64decode(text)
    return [data[n : n + 32] for n in range(0, len(data), 32)]
