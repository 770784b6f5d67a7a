"""Auth's signing key and the public keys of all its signatures."""

import re
from pathlib import Path

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.errors import NotReady

BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)
MISSING = "The key {0} cannot be read ({1}). Run `python -m infra.nats`, which makes it."


class SigningKey:
    """The private key of a file, which is read again when the file is another one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] = (0, 0)
        self.current = self._read()

    @property
    def key(self) -> OKPKey:
        """The key to sign with now."""
        try:
            about = self._path.stat()
        except OSError:
            return self.current
        if (about.st_ino, about.st_mtime_ns) != self._seen:
            self.current = self._read()
        return self.current

    def _read(self) -> OKPKey:
        try:
            about = self._path.stat()
            self._seen = (about.st_ino, about.st_mtime_ns)
            return OKPKey.import_key(self._path.read_bytes())
        except OSError as error:
            raise NotReady(MISSING.format(self._path, error.strerror)) from error


class Keyring:
    """The public keys of a file, one PEM block after another, by their `kid`; read again for one that is not known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, OKPKey] = {}

    def of(self, token: str) -> OKPKey:
        """The key that this token names, the first when it names none; ValueError when it is none of ours."""
        number = _named(token)
        if not self._keys or (number and number not in self._keys):
            self._read()
        if number and number not in self._keys:
            raise ValueError("the token is signed with a key that is not known")
        return self._keys[number] if number else next(iter(self._keys.values()))

    def _read(self) -> None:
        try:
            blocks = BLOCK.findall(self._path.read_bytes())
        except OSError as error:
            raise NotReady(MISSING.format(self._path, error.strerror)) from error
        found = {number_of(key): key for key in map(OKPKey.import_key, blocks)}
        # Those that were known stay the same objects: what was checked with them is remembered by them.
        self._keys = {number: self._keys.get(number, key) for number, key in found.items()}


def number_of(key: OKPKey) -> str:
    """A key's `kid`: the beginning of its thumbprint (RFC 7638)."""
    return key.thumbprint()[:16]


def _named(token: str) -> str:
    try:
        number = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, UnicodeError) as error:
        raise ValueError("this is no signed token") from error
    return number if isinstance(number, str) else ""
