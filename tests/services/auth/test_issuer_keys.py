"""The issuer's keys: fetched once for a storm of unknown names, kept while it is away, its nonsense told in words."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import update

from services.auth.oidc import keys as module
from services.auth.oidc.kept_keys import KeptKeys
from services.auth.oidc.keys import IssuerKeys
from services.auth.settings import OidcSettings
from services.auth.tables import issuer_keys
from shared.background import background
from shared.settings import Settings
from shared.sql.database import Database

ISSUER = "http://login.example/realms/cloister"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"}, auto_kid=False)


class Issuer:
    """Answers as the test says, and counts who asks for its keys."""

    def __init__(self, **about: Any) -> None:
        self.about = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"} | about
        self.keys = [KEY.as_dict(private=False)]
        self.asked, self.status, self.ahead = 0, 200, 0.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        headers = {"date": formatdate(time.time() + self.ahead, usegmt=True)}
        if request.url.path.endswith("/certs"):
            self.asked += 1
            return httpx.Response(self.status, json={"keys": self.keys}, headers=headers)
        return httpx.Response(self.status, json=self.about, headers=headers)


def known(answer: Callable[[httpx.Request], httpx.Response], kept: KeptKeys | None = None, **more: str) -> IssuerKeys:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return IssuerKeys(OidcSettings(issuer=ISSUER, **more), http, kept)


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


async def test_a_storm_of_unknown_names_asks_once_in_thirty_seconds() -> None:
    issuer = Issuer()
    keys = known(issuer)
    await keys.fetch()
    await asyncio.gather(*(keys.find(f"unknown-{number}") for number in range(1000)))
    assert issuer.asked == 2
    assert await keys.find("first") is not None


async def test_a_new_key_is_found_at_its_first_token_and_a_withdrawn_one_is_gone() -> None:
    issuer = Issuer()
    keys = known(issuer)
    await keys.fetch()
    new = RSAKey.generate_key(2048, {"kid": "second", "use": "sig", "alg": "RS256"}, auto_kid=False)
    issuer.keys = [new.as_dict(private=False)]
    assert await keys.find("second") is not None
    assert await keys.find("first") is None


async def test_tokens_of_a_new_key_that_come_together_are_all_taken() -> None:
    issuer = Issuer()
    keys = known(issuer)
    await keys.fetch()
    new = RSAKey.generate_key(2048, {"kid": "second", "use": "sig", "alg": "RS256"}, auto_kid=False)
    issuer.keys.append(new.as_dict(private=False))
    assert all(await asyncio.gather(*(keys.find("second") for _ in range(50))))
    assert issuer.asked == 2


async def test_within_the_thirty_seconds_who_follows_the_directory_brings_a_new_key() -> None:
    issuer = Issuer()
    keys = known(issuer)
    await keys.fetch()
    await keys.find("forged")
    keys.followed = True
    new = RSAKey.generate_key(2048, {"kid": "second", "use": "sig", "alg": "RS256"}, auto_kid=False)
    issuer.keys.append(new.as_dict(private=False))
    looking = asyncio.create_task(keys.find("second"))
    await asyncio.sleep(0)
    await keys.fetch()  # as the follower does when it sees the act
    assert await looking is not None


async def test_an_issuer_that_goes_away_leaves_its_keys_and_is_named() -> None:
    issuer = Issuer()
    keys = known(issuer)
    await keys.fetch()
    assert keys.problem == ""
    issuer.status = 503
    await keys.fetch()
    assert await keys.find("first") is not None
    assert ISSUER in keys.problem
    issuer.status = 200
    await keys.fetch()
    assert keys.problem == ""


async def test_a_fault_that_a_token_met_is_over_soon_after_the_issuer_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    issuer = Issuer()
    keys = known(issuer)
    async with asyncio.timeout(10), background(keys.renew()):
        while not keys.known:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
        issuer.status = 503
        await keys.find("unknown")
        assert ISSUER in keys.problem
        issuer.status = 200
        while keys.problem:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_keys_outlive_a_restart_while_the_issuer_is_away_and_it_is_named(tmp_path: Path) -> None:
    async with Database.opened("auth", Settings(home=tmp_path)) as database:
        await known(Issuer(), KeptKeys(database, ISSUER)).fetch()
        restarted = known(away, KeptKeys(database, ISSUER))
        await restarted.fetch()
        assert await restarted.find("first") is not None
        assert ISSUER in restarted.problem
        assert restarted.endpoint("jwks_uri") == f"{ISSUER}/certs"


async def test_keys_of_another_issuer_or_of_yesterday_are_not_taken_again(tmp_path: Path) -> None:
    async with Database.opened("auth", Settings(home=tmp_path)) as database:
        await known(Issuer(), KeptKeys(database, "http://login.example/realms/other")).fetch()
        restarted = known(away, KeptKeys(database, ISSUER))
        await restarted.fetch()
        assert not restarted.known
        await known(Issuer(), KeptKeys(database, ISSUER)).fetch()
        async with database.transaction() as connection:
            old = {"seen_at": datetime.now(UTC) - timedelta(days=1, seconds=1)}
            await connection.execute(update(issuer_keys).values(**old))
        await restarted.fetch()
        assert not restarted.known


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda request: httpx.Response(200, text="<html>welcome</html>"), "CLOISTER_ISSUER"),
        (lambda request: httpx.Response(404), "Check the realm's name"),
        (lambda request: httpx.Response(200, json=[]), "CLOISTER_ISSUER"),
        (lambda request: httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": 7}), "CLOISTER_ISSUER"),
        (
            lambda request: httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": "http://a/b", "keys": ["x"]}),
            "names",
        ),
        (Issuer(issuer="http://elsewhere.example/realms/cloister"), "it calls itself"),
    ],
)
async def test_an_issuer_that_answers_nonsense_is_told_from_one_that_is_away(answer: Any, word: str) -> None:
    keys = known(answer)
    await keys.fetch()
    assert not keys.known
    assert word in keys.problem


async def test_an_issuer_that_nobody_answers_for_is_said_to_be_away() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    keys = known(away)
    await keys.fetch()
    assert "cannot be reached" in keys.problem


async def test_keys_for_encryption_of_other_kinds_or_without_a_name_do_not_count() -> None:
    issuer = Issuer()
    plain = KEY.as_dict(private=False)
    issuer.keys = [
        plain | {"kid": "encrypts", "use": "enc"},
        plain | {"kid": "other", "alg": "RS512"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared", "alg": "HS256"},
        {name: value for name, value in plain.items() if name != "kid"},
    ]
    keys = known(issuer)
    await keys.fetch()
    assert not keys.known
    assert "no key for signatures" in keys.problem


@pytest.mark.parametrize(("ahead", "side"), [(240, "ahead of"), (-240, "behind")])
async def test_a_clock_that_is_minutes_off_is_named_with_its_side(ahead: float, side: str) -> None:
    issuer = Issuer()
    issuer.ahead = ahead
    keys = known(issuer)
    await keys.fetch()
    assert keys.known
    assert side in keys.problem
    assert "NTP" in keys.problem


async def test_the_address_inside_is_asked_and_never_the_one_that_a_reply_names() -> None:
    asked = []
    issuer = Issuer()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return issuer(request)

    keys = known(answer, issuer_url="http://keycloak:8080/realms/cloister")
    await keys.fetch()
    assert keys.known
    assert all(url.startswith("http://keycloak:8080/") for url in asked)


def test_the_limits_are_those_that_are_promised() -> None:
    assert (module.UNKNOWN_SECONDS, module.SKEW_SECONDS) == (30.0, 30)
