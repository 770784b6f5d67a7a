"""AES-256-GCM: texts under a person's key, persons' keys under the master key."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import NotReady, Refused

NONCE = 12  # bytes
DAMAGED = "The text kept of {} was changed or belongs to another key. Restore audit.db and keys/content.key together."


class Master:
    """Wraps the keys of persons; `path` holds 32 bytes in hex."""

    def __init__(self, path: Path) -> None:
        try:
            self._key = AESGCM(bytes.fromhex(path.read_text().strip()))
        except (OSError, ValueError) as error:
            raise NotReady(
                f"The key {path} cannot be read ({error}). Run `python -m infra.nats`, which makes it."
            ) from error

    def wrap(self, key: bytes, person: str) -> bytes:
        """For `person` alone."""
        return _sealed(self._key, key, person.encode())

    def unwrap(self, wrapped: bytes, person: str) -> bytes:
        """The other way."""
        return _opened(self._key, wrapped, person.encode(), person)


def new_key() -> bytes:
    """256 bits."""
    return AESGCM.generate_key(256)


def seal(key: bytes, text: str, person: str, query: str, field: str) -> bytes:
    """Bound to person, query and field: a text that is moved elsewhere does not open."""
    return _sealed(AESGCM(key), text.encode(), _about(person, query, field))


def opened(key: bytes, sealed: bytes, person: str, query: str, field: str) -> str:
    """The text; `Refused` (500) when a bit of it was changed."""
    return _opened(AESGCM(key), sealed, _about(person, query, field), query).decode()


def _about(person: str, query: str, field: str) -> bytes:
    return "\0".join((person, query, field)).encode()


def _sealed(key: AESGCM, data: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + key.encrypt(nonce, data, about)


def _opened(key: AESGCM, sealed: bytes, about: bytes, name: str) -> bytes:
    try:
        return key.decrypt(sealed[:NONCE], sealed[NONCE:], about)
    except (InvalidTag, ValueError) as error:
        raise Refused("content_damaged", DAMAGED.format(name), 500) from error
