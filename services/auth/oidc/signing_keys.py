"""The keys of a JWKS that tokens may be signed with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, RSAKey, import_key

ALGORITHMS = {"RSA": ("RS256",), "EC": ("ES256",)}


@dataclass(frozen=True, eq=False, slots=True)
class SigningKey:
    """A key and the one algorithm that it is used with."""

    key: RSAKey | ECKey
    algorithm: str


def signing_keys(found: Mapping[str, Any]) -> dict[str, SigningKey]:
    """Each by its name; ValueError when there is none for signatures."""
    keys = {key["kid"]: made for key in found["keys"] if (made := _signing(key))}
    if not keys:
        raise ValueError("it has no key for signatures")
    return keys


def _signing(key: Mapping[str, Any]) -> SigningKey | None:
    """A public key for signatures; others, and such as are known to all sides, are left out."""
    allowed = ALGORITHMS.get(str(key.get("kty")), ())
    algorithm = key.get("alg", allowed[0] if allowed else "")
    if key.get("use", "sig") != "sig" or algorithm not in allowed or not isinstance(key.get("kid"), str):
        return None
    made = import_key(dict(key))
    return SigningKey(made, algorithm) if isinstance(made, RSAKey | ECKey) else None
