"""Guessing slows down who guesses, and locks nobody else out."""

import re
from itertools import count

import httpx
import nats
import pytest
from nats.errors import Error

from services.auth.credentials.throttle import Throttle
from shared.errors import Refused
from tests.support.company import PASSWORD, Company

GUESSES = 6
PLACES = (f"127.0.{n // 250 + 1}.{n % 250 + 1}" for n in count())


def sign_in(cloister: Company, name: str, password: str, source: str) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source)) as http:
        return http.post(f"{cloister.system.base}/api/login", json={"username": name, "password": password})


def guess(cloister: Company, name: str, source: str) -> httpx.Response:
    """The first reply that is no longer 401."""
    replies = [sign_in(cloister, name, f"guess {n}", source) for n in range(GUESSES)]
    assert {reply.status_code for reply in replies} == {401}
    return sign_in(cloister, name, PASSWORD, source)


def named(cloister: Company) -> str:
    return str(cloister.person("alice").me()["name"])


def test_who_guesses_waits_and_the_account_stays_open_for_its_owner(cloister: Company) -> None:
    alice, guesser, owner = named(cloister), next(PLACES), next(PLACES)
    assert guess(cloister, alice, guesser).status_code == 429
    assert sign_in(cloister, alice, PASSWORD, owner).status_code == 200
    assert sign_in(cloister, alice, PASSWORD, guesser).status_code == 429, "the guesser still waits"


def test_retry_after_says_what_the_body_says(cloister: Company) -> None:
    refused = guess(cloister, named(cloister), next(PLACES))
    told = re.search(r"in (\d+) seconds", refused.json()["error"])
    assert told is not None
    assert refused.headers["retry-after"] == told[1]


async def test_guessing_on_the_bus_locks_nobody_out_of_http(cloister: Company) -> None:
    alice = named(cloister)
    for _ in range(GUESSES + 1):
        with pytest.raises(Error):
            await nats.connect(cloister.system.nats_url, user=alice, password="guess", allow_reconnect=False)
    assert sign_in(cloister, alice, PASSWORD, next(PLACES)).status_code == 200


def test_the_place_is_the_peer_and_not_what_a_stranger_writes_into_a_header(cloister: Company) -> None:
    alice, guesser = named(cloister), next(PLACES)
    with httpx.Client(transport=httpx.HTTPTransport(local_address=guesser)) as http:
        said = [
            http.post(
                f"{cloister.system.base}/api/login", json={"username": alice, "password": "guess"},
                headers={"X-Forwarded-For": f"10.1.2.{n}", "X-Real-IP": f"10.1.2.{n}", "Forwarded": f"for=10.1.2.{n}"},
            ).status_code
            for n in range(GUESSES + 1)
        ]  # fmt: skip
    assert said[-1] == 429


async def wrong() -> bool:
    return False


async def right() -> bool:
    return True


async def test_a_name_guessed_from_many_places_waits_for_newcomers_alone() -> None:
    throttle = Throttle(free=5, longest=60, name_most=20, place_most=1000)
    assert await throttle.attempt("alice", "10.9.9.9", right)
    for n in range(20):
        assert not await throttle.attempt("alice", f"10.0.0.{n}", wrong)
    with pytest.raises(Refused) as refused:
        await throttle.attempt("alice", "10.0.1.1", right)
    assert refused.value.retry_after == 180, "20 an hour: the next is free in three minutes"
    assert await throttle.attempt("alice", "10.9.9.9", right), "where she signed in before"


async def test_one_place_cannot_try_one_password_on_everybody() -> None:
    throttle = Throttle(free=5, longest=60, name_most=1000, place_most=30)
    for n in range(30):
        assert not await throttle.attempt(f"person-{n}", "10.0.0.1", wrong)
    with pytest.raises(Refused):
        await throttle.attempt("person-31", "10.0.0.1", right)
    assert await throttle.attempt("person-31", "10.0.0.2", right)


async def test_a_network_of_ipv6_addresses_is_one_place() -> None:
    throttle = Throttle(free=5, longest=60)
    for n in range(6):
        assert not await throttle.attempt("alice", f"2001:db8:1:2::{n}", wrong)
    with pytest.raises(Refused):
        await throttle.attempt("alice", "2001:db8:1:2:ffff::1", right)
    assert await throttle.attempt("alice", "2001:db8:1:3::1", right)
