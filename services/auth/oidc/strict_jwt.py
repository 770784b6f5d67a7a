"""Parses compact JWTs strictly: three parts, no duplicate keys, known header fields."""

import json
from collections.abc import Collection
from typing import Any

from joserfc.util import urlsafe_b64decode

HEADER = {"alg", "kid", "typ"}
ACCESS = ("JWT", "at+jwt")
LOGOUT = ("logout+jwt", "JWT")
MOST_BYTES = 8192


class StrictDecoder(json.JSONDecoder):
    """Refuses an object with the same key twice, NaN and infinities: two readers could read them differently."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how | {"object_pairs_hook": _once, "parse_constant": _none})


def header_of(token: str, types: Collection[str] = ACCESS) -> dict[str, str]:
    """Its header, of which nothing is believed yet; ValueError when it is not one of these types to check."""
    parts = token.split(".")
    if len(token) > MOST_BYTES or len(parts) != 3 or not all(parts):
        raise ValueError("it does not have the form of a token")
    header = json.loads(urlsafe_b64decode(parts[0].encode("ascii")), cls=StrictDecoder)
    if not isinstance(header, dict) or not set(header) <= HEADER or not {"alg", "kid"} <= set(header):
        raise ValueError("its header has other fields than alg, kid and typ")
    if not all(isinstance(value, str) for value in header.values()) or header.get("typ", "JWT") not in types:
        raise ValueError("its header is of another kind")
    return header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("it says something twice")
    return found


def _none(name: str) -> Any:
    raise ValueError(f"{name} is no number")
