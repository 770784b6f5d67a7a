"""Login tokens signed by auth, and digests of API keys."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache

from joserfc import jwt
from joserfc.errors import JoseError

from services.auth.accounts.directory import Person
from shared.security.capability import ALGORITHM
from shared.security.keyring import Keyring, SigningKey, number_of

TYPE = "at+jwt"
ISSUER = "cloister"
PREFIX = "ck_"


@dataclass(frozen=True, slots=True)
class Login:
    """A genuine login token's content. `session` is the sign-in that it is of."""

    username: str
    uid: str
    expires_at: int
    session: str


class Tokens:
    """Signs login tokens with auth's key, and remembers those whose signature it has checked."""

    def __init__(self, key: SigningKey, keys: Keyring, seconds: int) -> None:
        self._key, self._keys, self.seconds = key, keys, seconds
        self._login = lru_cache(maxsize=10_000)(self._decode)

    def sign(self, person: Person) -> str:
        """A compact JWT that says who, until when."""
        now = int(time.time())
        claims: dict[str, str | int] = {"iss": ISSUER, "aud": ISSUER, "sub": person.username, "uid": person.uid}
        claims |= {"jti": secrets.token_hex(8), "iat": now, "exp": now + self.seconds}
        key = self._key.key
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": number_of(key)}, claims, key, algorithms=[ALGORITHM])

    def login(self, token: str) -> Login | None:
        """Who it says, or None when it is forged, expired or something else."""
        try:
            login = self._login(token)
        except (JoseError, ValueError, KeyError, TypeError):
            return None
        return login if login.expires_at > time.time() else None

    def _decode(self, token: str) -> Login:
        found = jwt.decode(token, self._keys.of(token), algorithms=[ALGORITHM])
        claims = found.claims
        if found.header.get("typ") != TYPE or (claims["iss"], claims["aud"]) != (ISSUER, ISSUER):
            raise ValueError("not a login token of ours")
        return Login(str(claims["sub"]), str(claims["uid"]), int(claims["exp"]), f"token:{claims['jti']}")


def new_key() -> str:
    """An API key: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is kept of a key. It is random: a fast hash is enough, and a lookup by it tells nothing by its time."""
    return hashlib.sha256(key.encode()).hexdigest()
