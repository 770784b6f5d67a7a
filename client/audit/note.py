"""Verifies signed checkpoints (C2SP notes) with the log's public key."""

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class InvalidLog(Exception):
    """The log is not intact. `seq` is the first record that is or may be wrong, `last` the last one that may be."""

    def __init__(self, words: str, seq: int | None = None, last: int | None = None) -> None:
        super().__init__(words)
        self.words, self.seq, self.last = words, seq, seq if last is None else last


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed state of the log: its size, root hash and time."""

    origin: str
    size: int
    root: bytes
    at: datetime | None = None


class LogKey:
    """A public key as text: `name+id+base64` (C2SP vkey). ValueError if it is invalid."""

    def __init__(self, text: str) -> None:
        try:
            self.name, number, data = text.strip().split("+", 2)
            raw, self.id = base64.b64decode(data, validate=True), bytes.fromhex(number)
        except ValueError as error:
            raise ValueError(
                f"{text.strip()[:80]!r} is not a verifier key, which looks like name+1a2b3c4d+AbC=."
            ) from error
        if raw[:1] != b"\x01" or len(raw) != 33 or sha256(self.name.encode() + b"\n" + raw).digest()[:4] != self.id:
            raise ValueError(f"The verifier key {self.name!r} is damaged: its id does not belong to it. Copy it again.")
        self.text, self._key = text.strip(), Ed25519PublicKey.from_public_bytes(raw[1:])

    def open(self, note: str) -> Checkpoint:
        """The checkpoint in a note; `InvalidLog` if this key did not sign it."""
        text, blank, signatures = note.partition("\n\n")
        # Only the canonical form is accepted, so that comparing bytes is reliable.
        for line in signatures[:-1].split("\n") if blank and signatures.endswith("\n") else ():
            if self._signed(text + "\n", line):
                return _parsed(text)
        raise InvalidLog(f"the checkpoint is not signed by {self.name}")

    def _signed(self, text: str, line: str) -> bool:
        parts = line.split(" ")
        if len(parts) != 3:
            return False
        dash, name, blob = parts
        try:
            data = base64.b64decode(blob, validate=True)
            plain = base64.b64encode(data).decode() == blob
            if not plain or (dash, name, data[:4]) != ("—", self.name, self.id):
                return False
            self._key.verify(data[4:], text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def _parsed(text: str) -> Checkpoint:
    try:
        origin, size, root, *more = text.split("\n")
        at = [datetime.fromisoformat(line[5:].replace("Z", "+00:00")) for line in more if line.startswith("time ")]
        return Checkpoint(origin, int(size), base64.b64decode(root, validate=True), at[0] if at else None)
    except ValueError as error:
        raise InvalidLog(f"the checkpoint is signed but cannot be read ({error})") from error
