"""Tokens that tell another server who asks: for one server, for a minute, and no sign-in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.auth.credentials.person_tokens import PersonTokens
from services.auth.credentials.tokens import Tokens
from shared.errors import Refused
from shared.events import Principal, TellServer
from shared.security.capability import Right, sign
from shared.security.keyring import Keyring, SigningKey

SERVER = "https://tickets.internal/mcp"


@pytest.fixture
def keys(tmp_path: Path) -> tuple[SigningKey, Keyring]:
    made = OKPKey.generate_key("Ed25519")
    (tmp_path / "auth.key").write_bytes(made.as_pem(private=True))
    (tmp_path / "auth.pub").write_bytes(made.as_pem(private=False))
    return SigningKey(tmp_path / "auth.key"), Keyring(tmp_path / "auth.pub")


def capability(key: SigningKey, query: str = "q", seconds: int = 600) -> str:
    right = Right(
        principal=Principal(id="person:chen", name="Chen"), workspaces=("plant",), actions=("ask",), query=query,
        holders=("person:chen", "group:production"), through=("app:crm",),
        expires_at=datetime.now(UTC) + timedelta(seconds=seconds),
    )  # fmt: skip
    return sign(right, key.key)


def told(keys: tuple[SigningKey, Keyring], given: str) -> str:
    return PersonTokens(*keys).sign(TellServer(query="q", capability=given, server=SERVER)).token


def test_it_says_who_asks_through_whom_to_one_server_for_a_minute(keys: tuple[SigningKey, Keyring]) -> None:
    claims = jwt.decode(told(keys, capability(keys[0])), keys[0].key, algorithms=["Ed25519"]).claims
    assert (claims["aud"], claims["sub"], claims["groups"]) == (SERVER, "person:chen", ["production"])
    assert claims["act"] == {"sub": "app:crm"}
    assert claims["exp"] - claims["iat"] == 60


def test_it_ends_with_the_question(keys: tuple[SigningKey, Keyring]) -> None:
    token = told(keys, capability(keys[0], seconds=5))
    claims = jwt.decode(token, keys[0].key, algorithms=["Ed25519"]).claims
    assert claims["exp"] - claims["iat"] <= 5


def test_nobody_signs_in_with_it(keys: tuple[SigningKey, Keyring]) -> None:
    assert Tokens(*keys, seconds=60).login(told(keys, capability(keys[0]))) is None


@pytest.mark.parametrize("forged", ["other query", "expired", "other key", "text"])
def test_without_the_right_of_this_question_there_is_none(keys: tuple[SigningKey, Keyring], forged: str) -> None:
    other = SigningKey.__new__(SigningKey)
    other._path, other.current = Path("/nowhere"), OKPKey.generate_key("Ed25519")
    given = {
        "other query": lambda: capability(keys[0], "another"), "expired": lambda: capability(keys[0], seconds=-1),
        "other key": lambda: capability(other), "text": lambda: "no capability",
    }  # fmt: skip
    with pytest.raises(Refused) as error:
        told(keys, given[forged]())
    assert error.value.status == 403
