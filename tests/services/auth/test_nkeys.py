"""Keys, tokens and boxes as NATS writes them."""

import base64
import json

import nkeys as package
import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from services.auth.bus import nkeys

# A user's seed, and its public key as the package nkeys has it.
SEED = "SUAGIEYODKBBTUMOB666Z5KA4FCWAZV7HWSGRHOD7MK6UM5IYLWLACH7DQ"
PUBLIC = "UBGJXKFEVRQD3NK3ICEW5CICK356GDIVNFHZEE4K7L2DXY7NESPVQU4L"


def test_a_key_in_text_is_read_and_written_as_nats_does() -> None:
    pair = package.from_seed(bytearray(SEED.encode()))
    assert pair.public_key.decode() == PUBLIC
    assert nkeys.text(nkeys.USER, nkeys.raw(PUBLIC)) == PUBLIC
    assert bytes(SigningKey(nkeys.raw(SEED)).verify_key) == nkeys.raw(PUBLIC)


def test_a_key_with_a_typing_error_is_refused() -> None:
    with pytest.raises(ValueError, match="checksum"):
        nkeys.raw(PUBLIC[:-3] + "AAA")


def test_a_token_is_one_that_nkeys_verifies() -> None:
    token = nkeys.sign({"iss": PUBLIC, "sub": "x"}, SEED)
    head, body, signature = token.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    assert package.from_seed(bytearray(SEED.encode())).verify(f"{head}.{body}".encode(), raw)
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"typ": "JWT", "alg": "ed25519-nkey"}
    assert nkeys.verified(token, nkeys.USER)["sub"] == "x"
    with pytest.raises(ValueError, match="another kind"):
        nkeys.verified(token, nkeys.SERVER)
    with pytest.raises(ValueError, match="signature"):
        nkeys.verified(f"{head}.{body}.{'A' * 86}", nkeys.USER)


def test_what_is_sealed_for_another_cannot_be_opened() -> None:
    ours, theirs, third = (PrivateKey.generate() for _ in range(3))
    seeds = [nkeys.text(18 << 3, bytes([0]) + bytes(key)) for key in (ours, theirs, third)]
    names = [nkeys.text(nkeys.CURVE, bytes(key.public_key)) for key in (ours, theirs, third)]
    sealed = nkeys.seal(seeds[0], names[1], b"secret")
    assert nkeys.unseal(seeds[1], names[0], sealed) == b"secret"
    with pytest.raises(ValueError, match="somebody else"):
        nkeys.unseal(seeds[2], names[0], sealed)
    with pytest.raises(ValueError, match="not sealed"):
        nkeys.unseal(seeds[1], names[0], b"plain")
