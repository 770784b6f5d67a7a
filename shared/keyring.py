"""Auth's public keys: the one it signs with, the one before it and the one to come."""

import time
from pathlib import Path

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.errors import NotReady

LOOK_SECONDS = 1.0  # between two looks into the folder for a key that is not known


class Keyring:
    """The keys `auth*.pub` of a folder, by the `kid` that they sign with; an unknown one is looked for again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, OKPKey] = {}
        self._looked = float("-inf")

    def of(self, token: str) -> OKPKey:
        """The key that this token names; ValueError when it names none of ours."""
        number = _named(token)
        if number not in self._keys:
            self._look()
        if number not in self._keys:
            raise ValueError("the token is signed with a key that is not known")
        return self._keys[number]

    def require(self) -> None:
        """`NotReady` when there is no key at all."""
        self._look()
        if not self._keys:
            remedy = "Run `python -m infra.nats`, which makes it"
            raise NotReady(f"There is no key {self._folder / 'auth.pub'} to check rights with. {remedy}.")

    def _look(self) -> None:
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        keys = (OKPKey.import_key(path.read_bytes()) for path in sorted(self._folder.glob("auth*.pub")))
        # Those that were known stay the same objects: what was checked with them is remembered by them.
        self._keys = {(number := number_of(key)): self._keys.get(number, key) for key in keys}


def number_of(key: OKPKey) -> str:
    """A key's `kid`: the beginning of its thumbprint (RFC 7638)."""
    return key.thumbprint()[:16]


def _named(token: str) -> str:
    try:
        number = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, UnicodeError) as error:
        raise ValueError("this is no signed token") from error
    return number if isinstance(number, str) else ""
