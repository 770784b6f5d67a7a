"""Verifies the signature of an answer: Ed25519 over its subject and its bytes."""

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

SIGNER, SIGNATURE = "cloister-signer", "cloister-signature"


class AnswerKeys:
    """Public keys of signers by name, as PEM. ValueError when one of them is no Ed25519 key."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {name: _key(name, pem) for name, pem in keys.items()}

    def __bool__(self) -> bool:
        return bool(self._keys)

    def verify(self, subject: str, body: bytes, headers: Mapping[str, str] | None) -> bool:
        """Whether the signer that the headers name signed these bytes for this subject."""
        head = headers or {}
        key = self._keys.get(head.get(SIGNER, ""))
        if key is None:
            return False
        try:
            key.verify(base64.b64decode(head.get(SIGNATURE, "")), signed_part(subject, body))
        except (InvalidSignature, ValueError):
            return False
        return True


def signed_part(subject: str, body: bytes) -> bytes:
    """What a signature covers."""
    return subject.encode() + b"\n" + body


def _key(name: str, pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"the key of {name} is not an Ed25519 key")
    return key
