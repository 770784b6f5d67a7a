"""Signed checkpoints (C2SP notes): opened with the log's public key, refused otherwise."""

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Broken(Exception):
    """The log does not hold. `seq` is the first record that is wrong or may be, `last` the last one that may be."""

    def __init__(self, words: str, seq: int | None = None, last: int | None = None) -> None:
        super().__init__(words)
        self.words, self.seq, self.last = words, seq, seq if last is None else last


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log has signed: so many records with that root hash, at that time."""

    origin: str
    size: int
    root: bytes
    at: datetime | None = None


class LogKey:
    """A public key as text: `name+id+base64` (C2SP vkey). ValueError when it is none."""

    def __init__(self, text: str) -> None:
        try:
            self.name, number, data = text.strip().split("+", 2)
            raw, self.id = base64.b64decode(data, validate=True), bytes.fromhex(number)
        except ValueError as error:
            raise ValueError(f"{text.strip()[:80]!r} is no verifier key: it looks like name+1a2b3c4d+AbC=.") from error
        if raw[:1] != b"\x01" or len(raw) != 33 or sha256(self.name.encode() + b"\n" + raw).digest()[:4] != self.id:
            raise ValueError(f"The verifier key {self.name!r} is damaged: its id does not belong to it. Copy it again.")
        self.text, self._key = text.strip(), Ed25519PublicKey.from_public_bytes(raw[1:])

    def open(self, note: str) -> Checkpoint:
        """What the note says; `Broken` when this key did not sign it."""
        text, blank, signatures = note.partition("\n\n")
        # One form for one note: who compares bytes must not be misled by spaces or unused bits.
        for line in signatures[:-1].split("\n") if blank and signatures.endswith("\n") else ():
            if self._signed(text + "\n", line):
                return _parsed(text)
        raise Broken(f"the checkpoint is not signed by {self.name}")

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
        raise Broken(f"the checkpoint is signed but cannot be read ({error})") from error
