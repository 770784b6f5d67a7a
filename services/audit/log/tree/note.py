"""Checkpoints: C2SP signed notes (Ed25519) over origin, size and root, with the time as an extension line."""

import base64
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.errors import NotReady

ED25519 = b"\x01"


def key_id(name: str, public: bytes) -> bytes:
    """What a signature line begins with."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


class CheckpointSigner:
    """Signs as `origin`, which names this log in the world; `vkey` is the public key as verifiers take it."""

    def __init__(self, key: Ed25519PrivateKey, origin: str = "") -> None:
        self._key = key
        public = key.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
        self.origin = origin or f"cloister.local/{sha256(public).hexdigest()[:12]}"
        self._id = key_id(self.origin, public)
        self.vkey = f"{self.origin}+{self._id.hex()}+{base64.b64encode(ED25519 + public).decode()}"

    def note(self, size: int, root: bytes, at: int) -> str:
        """The signed note of a tree of `size` leaves at `at` (µs since 1970); always the same for the same."""
        time = datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\ntime {time}\n"
        signature = base64.b64encode(self._id + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.origin} {signature}\n"


def open_signer(path: Path, origin: str = "") -> CheckpointSigner:
    """The log's own key, a PEM file."""
    try:
        key = form.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        words = f"The key {path} cannot be read ({error.strerror}). Run `python -m infra.nats`, which makes it."
        raise NotReady(words) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NotReady(f"{path} is not an Ed25519 key. The log is signed with one: put the right file there.")
    return CheckpointSigner(key, origin)


def size_of(note: str) -> int:
    """The tree size that a note of ours speaks of."""
    return int(note.split("\n", 2)[1])


def root_of(note: str) -> bytes:
    """Its root hash."""
    return base64.b64decode(note.split("\n", 3)[2])
