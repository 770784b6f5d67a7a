"""Validates access tokens of the issuer."""

import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from services.auth.errors import unauthenticated
from services.auth.oidc.keys import SKEW_SECONDS, IssuerKeys
from services.auth.oidc.strict_jwt import StrictDecoder, header_of
from services.auth.settings import OidcSettings
from shared.errors import Refused, Unavailable

log = logging.getLogger(__name__)
REMEMBERED = 20_000
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Identity:
    """What a genuine token says. `service`: a business system speaks for itself; `session` is Keycloak's."""

    subject: str
    client: str
    session: str
    service: bool
    expires_at: int


class AccessTokens:
    """Checks a token once, and remembers it as long as the issuer's keys are the same."""

    def __init__(self, settings: OidcSettings, keys: IssuerKeys) -> None:
        self._settings, self._keys = settings, keys
        self._seen: OrderedDict[str, Identity] = OrderedDict()
        self._generation = 0

    async def read(self, token: str) -> Identity:
        """Whom it names; `Refused` (401) in words, `Unavailable` while the issuer's keys are not known."""
        found = self._remembered(token) or await self._read(token)
        if found.expires_at + SKEW_SECONDS <= time.time():
            raise _expired(found.expires_at)
        return found

    def _remembered(self, token: str) -> Identity | None:
        if self._generation != self._keys.generation:
            self._seen.clear()
            self._generation = self._keys.generation
        return self._seen.get(token)

    async def _read(self, token: str) -> Identity:
        try:
            header = header_of(token)
            signing = await self._keys.find(header["kid"])
            if signing is None:
                raise self._unknown()
            if header["alg"] != signing.algorithm:
                raise ValueError("it names another algorithm than its key's")
            found = jwt.decode(token, signing.key, algorithms=[signing.algorithm], decoder_cls=StrictDecoder)
        except (JoseError, ValueError, UnicodeError, RecursionError) as error:
            log.warning("a token is refused: %s", error)
            raise unauthenticated() from error
        return self._remember(token, self._checked(found.claims))

    def _remember(self, token: str, identity: Identity) -> Identity:
        self._remembered(token)  # its key may have been fetched just now: then what was remembered is older
        self._seen[token] = identity
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return identity

    def _unknown(self) -> Refused:
        if self._keys.known:
            log.warning("a token is refused: its key is none of the issuer's")
            return unauthenticated()
        return Unavailable(f"Tokens cannot be checked now. {self._keys.problem}", "issuer_unavailable", 5)

    def _checked(self, claims: Mapping[str, Any]) -> Identity:
        """Signed by the issuer: from here on the caller may know what is wrong."""
        if wrong := _wrong(claims, self._settings):
            log.warning("a token of %r is refused: %s", str(claims.get("sub"))[:64], wrong)
            raise Refused("token_refused", f"The token is genuine, and not for this: {wrong}", 401)
        now, exp = time.time(), claims["exp"]
        if exp + SKEW_SECONDS <= now:
            raise _expired(exp)
        early = max(claims["iat"], claims.get("nbf", 0)) - now
        if early > SKEW_SECONDS:
            words = f"The token begins in {early:.0f} seconds: the clocks differ. Set the issuer's and this one by NTP."
            log.warning("a token is refused: %s", words)
            raise Refused("token_too_early", words, 401)
        client = claims["azp"]
        service = claims.get("client_id") == client and "sid" not in claims
        service = service and claims.get("preferred_username") == f"service-account-{client}"
        return Identity(claims["sub"], client, claims.get("sid", ""), service, exp)


def _wrong(claims: Mapping[str, Any], settings: OidcSettings) -> str:
    """The first claim that does not fit, with the remedy."""
    if claims.get("iss") != settings.issuer:
        return f"its issuer is not {settings.issuer}. Sign in there."
    audience = claims.get("aud")
    if settings.audience not in (audience if isinstance(audience, list) else [audience]):
        return f"its audience is not {settings.audience}. Give the client an audience mapper for it."
    if claims.get("typ") != "Bearer":
        return "it is no access token. Send the access token, not the ID or refresh token."
    for name in ("sub", "azp"):
        if not isinstance(claims.get(name), str) or not 0 < len(claims[name]) <= 255:
            return f"it has no `{name}`. Give the client the scope `basic`."
    for name in ("exp", "iat"):
        if type(claims.get(name)) is not int:
            return f"its `{name}` is no number of seconds."
    if type(claims.get("nbf", 0)) is not int or type(claims.get("sid", "")) is not str:
        return "its `nbf` or `sid` is of another kind."
    if not 0 < claims["exp"] - claims["iat"] <= DAY:
        return "it lives longer than a day. Shorten the realm's access token lifespan."
    return ""


def _expired(at: int) -> Refused:
    ago = max(0, time.time() - at)
    return Refused("token_expired", f"The token ran out {ago:.0f} seconds ago. Sign in again, or renew it.", 401)
