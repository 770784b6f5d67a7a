"""Validates ID tokens and back-channel logout tokens."""

import time
from collections.abc import Collection
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError

from services.auth.directory.federation import Federation
from services.auth.oidc.keys import SKEW_SECONDS
from services.auth.oidc.strict_jwt import ACCESS, LOGOUT, StrictDecoder, header_of
from shared.errors import Refused

ENDED = "http://schemas.openid.net/event/backchannel-logout"
NOT_OURS = "That was not signed by the company's issuer for Cloister. Begin the sign-in again."


async def id_claims(federation: Federation, token: str, nonce: str) -> dict[str, Any]:
    """Of an ID token that answers the sign-in with this nonce; `Refused` (401) for any other."""
    client = federation.settings.client
    options = {"iss": {"value": federation.settings.issuer}, "aud": {"value": client}}
    try:
        claims = await _signed(federation, token)
        if claims.get("typ") != "ID":
            raise ValueError("it is no ID token")
        checked = CodeIDToken(claims, {}, options, {"nonce": nonce, "client_id": client})
        checked.validate(int(time.time()), SKEW_SECONDS)
    except (JoseError, ValueError, KeyError, UnicodeError) as error:
        raise Refused("unauthenticated", NOT_OURS, 401) from error
    return claims


async def logout_claims(federation: Federation, token: str) -> dict[str, Any]:
    """Of a logout token (OpenID Connect Back-Channel Logout 1.0); `Refused` (400) for any other."""
    try:
        claims = await _signed(federation, token, LOGOUT)
        audience = claims.get("aud")
        known = federation.settings.client in (audience if isinstance(audience, list) else [audience])
        fresh = abs(time.time() - int(claims["iat"])) < 300
        if claims.get("typ") != "Logout":
            raise ValueError("it is no logout token")
        if claims.get("iss") != federation.settings.issuer or not known or not fresh or "nonce" in claims:
            raise ValueError("it is for somebody else, or old")
        if ENDED not in claims["events"] or not (claims.get("sid") or claims.get("sub")):
            raise ValueError("it is no logout token")
    except (JoseError, ValueError, KeyError, TypeError, UnicodeError) as error:
        raise Refused("bad_request", NOT_OURS, 400) from error
    return claims


async def _signed(federation: Federation, token: str, types: Collection[str] = ACCESS) -> dict[str, Any]:
    header = header_of(token, types)
    signing = await federation.keys.find(header["kid"])
    if signing is None or header["alg"] != signing.algorithm:
        raise ValueError("its key is none of the issuer's")
    return jwt.decode(token, signing.key, algorithms=[signing.algorithm], decoder_cls=StrictDecoder).claims
