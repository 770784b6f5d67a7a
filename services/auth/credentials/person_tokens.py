"""Tokens that tell another server who asks: for that server alone, for a minute."""

import secrets
import time

from joserfc import jwt

from services.auth.credentials.tokens import ISSUER
from shared.events import PersonToken, TellServer
from shared.security.capability import ALGORITHM
from shared.security.keyring import Keyring, SigningKey, number_of
from shared.security.rights import Rights

SECONDS = 60


class PersonTokens:
    """Signed with auth's key; a login token has another type and audience, so that neither passes for the other."""

    def __init__(self, key: SigningKey, keys: Keyring) -> None:
        self._key, self._rights = key, Rights(keys)

    def sign(self, request: TellServer) -> PersonToken:
        """`Refused` (403) when the capability is not of this question, or has run out."""
        right = self._rights.check(request.capability, query=request.query, action="ask")
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": request.server,
            "sub": right.principal.id,
            "name": right.principal.name,
            "groups": [name.partition(":")[2] for name in right.holders if name.startswith("group:")],
            "jti": secrets.token_hex(8),
            "iat": now,
            "exp": min(now + SECONDS, int(right.expires_at.timestamp())),
        }
        if right.through:
            claims["act"] = {"sub": next(name for name in right.through if name.startswith("app:"))}
        key = self._key.key
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": number_of(key)}
        return PersonToken(token=jwt.encode(header, claims, key, algorithms=[ALGORITHM]))
