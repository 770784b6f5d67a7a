"""An answer proves itself: Ed25519 over its subject and its bytes, with the keys that came with the API key."""

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class Proof:
    """`keys`: the `answer_keys` of POST /api/keys, signer to PEM. Without keys nothing is checked."""

    def __init__(self, keys: Mapping[str, str] | None) -> None:
        self._keys = {name: load_pem_public_key(pem.encode()) for name, pem in (keys or {}).items()}

    def holds(self, subject: str, body: bytes, headers: Mapping[str, str] | None) -> bool:
        """Did one of the keys sign these bytes for this subject?"""
        if not self._keys:
            return True
        head = headers or {}
        key = self._keys.get(head.get("cloister-signer", ""))
        if not isinstance(key, Ed25519PublicKey):
            return False
        try:
            key.verify(base64.b64decode(head.get("cloister-signature", "")), subject.encode() + b"\n" + body)
        except (InvalidSignature, ValueError):
            return False
        return True
