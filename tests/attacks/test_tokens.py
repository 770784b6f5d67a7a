"""A hundred hostile tokens at every interface: none is accepted, and the good one that they are made of is."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import httpx
import nats
import pytest

from bench.system import system
from client import Bus
from client.sdk.errors import Refused
from client.sdk.transport import authorities
from tests.attacks.forgery import Forge, forge, hostile, tokens_of_another_kind
from tests.servers.keycloak import Keycloak, new_realm, settings_of
from tests.support.company import STAND_INS, Company
from tests.support.mcp_messages import HELLO, SPEAKS

pytestmark = pytest.mark.keycloak
QUESTION = {"question": "What is the hotel limit in Europe?", "workspace": "finance"}


@dataclass
class Place:
    """A running Cloister, the realm, the forge, and whom the attacker's own address was asked by."""

    company: Company
    realm: Keycloak
    forge: Forge
    stranger: str
    visits: list[str]
    app: dict[str, str]


@pytest.fixture(scope="module")
def place(keycloak: Keycloak) -> Iterator[Place]:
    realm, visits = new_realm(keycloak), list[str]()

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    Thread(target=listening.serve_forever, daemon=True).start()
    with system(**STAND_INS, **settings_of(realm)) as running:
        company = Company(running)
        company.admin.make("workspace", name="finance")
        company.grant("finance", "group:finance", "ask", "read")
        app = company.admin.make("key", name="erp", workspaces=["finance"], bus=True)
        made = forge(realm)
        yield Place(company, realm, made, f"http://127.0.0.1:{listening.server_port}", visits, app)
    listening.shutdown()


def all_hostile(place: Place) -> list[tuple[str, str]]:
    return [*hostile(place.forge, place.stranger), *tokens_of_another_kind(place.realm)]


def statuses(base: str, token: str) -> dict[str, int]:
    """What each interface over HTTP says to it."""
    head = {"Authorization": f"Bearer {token}".encode()}
    with httpx.Client(base_url=base, timeout=30, verify=authorities(False)) as http:
        return {
            "api": http.get("/api/me", headers=head).status_code,
            "body": http.post("/api/chat", json=QUESTION | {"api_token": token}).status_code,
            "openai": http.get("/v1/models", headers=head).status_code,
            "mcp": http.post("/mcp", json=HELLO, headers=head | SPEAKS).status_code,
            "create": http.post("/api/workspaces", json={"name": "x"}, headers=head).status_code,
        }


def test_there_are_more_than_fifty_and_each_is_another(place: Place) -> None:
    found = all_hostile(place)
    assert len(found) >= 100
    assert len({token for _, token in found}) == len(found)


def test_the_good_token_that_they_are_made_of_is_accepted(place: Place) -> None:
    said = statuses(place.company.system.base, place.forge.good())
    assert said == {"api": 200, "body": 200, "openai": 200, "mcp": 200, "create": 403}


def test_none_is_accepted_over_http_in_openais_dialect_or_over_mcp(place: Place) -> None:
    accepted = {}
    for name, token in all_hostile(place):
        said = statuses(place.company.system.base, token)
        if wrong := {where: status for where, status in said.items() if status not in (401, 422)}:
            accepted[name] = wrong
    assert accepted == {}
    assert place.visits == [], "an address inside a token was asked"


async def test_none_opens_the_bus(place: Place) -> None:
    accepted = []
    for name, token in all_hostile(place):
        for how in ({"token": token}, {"user": "alice", "password": token}, {"user": "erp", "password": token}):
            try:
                line = await nats.connect(
                    place.company.system.nats_url, allow_reconnect=False, connect_timeout=3, error_cb=_quiet, **how
                )
            except Exception:  # noqa: S112 - refused, by the server or by the client's own checks
                continue
            accepted.append((name, sorted(how)))
            await line.close()
    assert accepted == []


async def _quiet(error: Exception) -> None:
    """The server says that it refuses."""


async def test_none_speaks_for_a_person_through_a_business_system(place: Place) -> None:
    url, app = place.company.system.nats_url, place.app
    async with Bus(url, app["name"], app["key"], app["answer_keys"]) as line:  # type: ignore[arg-type]
        good = await line.ask(QUESTION["question"], workspace="finance", on_behalf_of=place.forge.good())
        assert good.principal == "person:alice"
        accepted = []
        for name, token in all_hostile(place):
            try:
                await line.ask(QUESTION["question"], workspace="finance", on_behalf_of=token, key=uuid4().hex)
                accepted.append((name, 200))
            except Refused as refused:
                if refused.status not in (401, 413, 422):
                    accepted.append((name, refused.status))
        assert accepted == []


def test_rotating_keys_under_load_refuses_nobody(place: Place) -> None:
    base, answers = place.company.system.base, list[int]()

    async def ask(stop: asyncio.Event, tokens: list[str]) -> None:
        async with httpx.AsyncClient(base_url=base, timeout=30) as http:
            while not stop.is_set():
                for token in list(tokens):
                    said = await http.get("/api/me", headers={"Authorization": f"Bearer {token}"})
                    answers.append(said.status_code)

    async def run() -> None:
        stop, tokens = asyncio.Event(), [place.realm.sign_in("alice")["access_token"]]
        asking = [asyncio.create_task(ask(stop, tokens)) for _ in range(4)]
        for _ in range(3):
            await asyncio.to_thread(forge, place.realm, "bob")
            tokens.append((await asyncio.to_thread(place.realm.sign_in, "bob"))["access_token"])
        await asyncio.sleep(0.5)
        stop.set()
        await asyncio.gather(*asking)

    asyncio.run(run())
    assert len(answers) > 50
    assert set(answers) == {200}


def test_the_reply_says_what_is_wrong_with_a_genuine_token(place: Place) -> None:
    base = place.company.system.base

    def said(token: str) -> dict[str, str]:
        found: dict[str, str] = httpx.get(f"{base}/api/me", headers={"Authorization": f"Bearer {token}"}).json()
        return found

    now = place.forge.claims["iat"]
    expired = said(place.forge.made(exp=now - 100, iat=now - 400))
    assert (expired["reason"], "ran out" in expired["error"]) == ("token_expired", True)
    early = said(place.forge.made(iat=now + 600, exp=now + 900))
    assert (early["reason"], "clocks" in early["error"]) == ("token_too_early", True)
    foreign = said(place.forge.made(aud="account"))
    assert (foreign["reason"], "audience mapper" in foreign["error"]) == ("token_refused", True)
    client = said(place.forge.made(azp="grafana"))
    assert "CLOISTER_CLIENTS" in client["error"]
    assert json.dumps(said("x.y.z")).count("unauthenticated") == 1
