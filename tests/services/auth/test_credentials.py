"""Wrong, forged, expired and foreign credentials."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.events import Credential
from shared.security.capability import private_key
from tests.services.auth.running import refused
from tests.services.auth.seeding import SeededAuth


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "ck_nonsense", "ck_", "é" * 40])
async def test_a_wrong_credential_is_refused(auth: SeededAuth, token: str) -> None:
    found = await refused(auth.service.admit(Credential(token=token)))
    assert (found.reason, found.status) == ("unauthenticated", 401)


def forged(key: OKPKey, kind: str = "at+jwt", **change: Any) -> str:
    claims = {
        "iss": "cloister",
        "aud": "cloister",
        "sub": "alice",
        "uid": "x",
        "jti": "y",
        "exp": 4_000_000_000,
    } | change
    return jwt.encode({"alg": "Ed25519", "typ": kind}, claims, key, algorithms=["Ed25519"])


async def test_a_token_of_another_issuer_kind_time_or_person_is_refused(auth: SeededAuth) -> None:
    key = private_key(auth.service.home / "keys" / "auth.key")
    uid = (await auth.service.accounts.current()).people["alice"].uid
    assert await auth.service.admit(Credential(token=forged(key, uid=uid)))
    wrong = [
        forged(OKPKey.generate_key("Ed25519"), uid=uid), forged(key, uid=uid, exp=1), forged(key, uid=uid, iss="other"),
        forged(key, "cap+jwt", uid=uid), forged(key, uid="another alice"), forged(key, uid=uid, sub="nobody"),
        (await auth.service.admit(auth.alice)).capability,
    ]  # fmt: skip
    for token in wrong:
        assert (await refused(auth.service.admit(Credential(token=token)))).status == 401
