"""An answer proves itself: Ed25519 over its subject and its bytes, with the public keys of this Cloister."""

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class Proof:
    """`keys`: the `answer_keys` of POST /api/keys, signer to PEM. Without keys nothing holds: `learn` them first."""

    def __init__(self, keys: Mapping[str, str] | None) -> None:
        self._keys: dict[str, PublicKeyTypes] = {}
        self.given = keys is not None
        self.learn(keys or {})

    def learn(self, keys: Mapping[str, str]) -> None:
        """These in the place of those known; ValueError when one of them is no key."""
        self._keys = {name: load_pem_public_key(pem.encode()) for name, pem in keys.items()}

    @property
    def known(self) -> bool:
        return bool(self._keys)

    def holds(self, subject: str, body: bytes, headers: Mapping[str, str] | None) -> bool:
        """Did one of the keys sign these bytes for this subject?"""
        head = headers or {}
        key = self._keys.get(head.get("cloister-signer", ""))
        if not isinstance(key, Ed25519PublicKey):
            return False
        try:
            key.verify(base64.b64decode(head.get("cloister-signature", "")), subject.encode() + b"\n" + body)
        except (InvalidSignature, ValueError):
            return False
        return True
