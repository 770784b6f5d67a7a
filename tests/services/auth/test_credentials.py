"""Wrong, forged, expired and foreign credentials."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.errors import Refused
from shared.events import Credential
from shared.security.capability import private_key
from tests.services.auth.running import House, furnished


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as found:
        yield found


async def refused(call: Any) -> Refused:
    with pytest.raises(Refused) as found:
        await call
    return found.value


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "ck_nonsense", "ck_", "é" * 40])
async def test_a_wrong_credential_is_refused(house: House, token: str) -> None:
    found = await refused(house.office.admit(Credential(token=token)))
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


async def test_a_token_of_another_issuer_kind_time_or_person_is_refused(house: House) -> None:
    key = private_key(house.office.home / "keys" / "auth.key")
    uid = (await house.office.accounts.current()).people["alice"].uid
    assert await house.office.admit(Credential(token=forged(key, uid=uid)))
    wrong = [
        forged(OKPKey.generate_key("Ed25519"), uid=uid), forged(key, uid=uid, exp=1), forged(key, uid=uid, iss="other"),
        forged(key, "cap+jwt", uid=uid), forged(key, uid="another alice"), forged(key, uid=uid, sub="nobody"),
        (await house.office.admit(house.alice)).capability,
    ]  # fmt: skip
    for token in wrong:
        assert (await refused(house.office.admit(Credential(token=token)))).status == 401
