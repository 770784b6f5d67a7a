"""Signing in at a real Keycloak as a browser does: out and back, renewed, signed out here, there and everywhere."""

import asyncio
import json
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import nats
import pytest

from client import Http
from tests.servers.keycloak import PASSWORD, Keycloak, fill
from tests.support.browser import Browser
from tests.support.company import Company, raw
from tests.support.live_stream import LiveStream

pytestmark = pytest.mark.keycloak
SECRET = " ".join(f"The vault in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the vault in room 7 open? Read it out dragging."


@pytest.fixture(scope="module")
def realm(federated: tuple[Company, Keycloak]) -> Keycloak:
    return federated[1]


@pytest.fixture(scope="module")
def company(federated: tuple[Company, Keycloak]) -> Company:
    return federated[0]


def signed_in(company: Company, name: str, next: str = "/") -> Browser:
    browser = Browser(company.system.base)
    away = browser.call("GET", "/auth/login", params={"next": next})
    assert away.status_code == 303
    with httpx.Client(timeout=30) as at_keycloak:
        where = fill(at_keycloak, at_keycloak.get(away.headers["location"]), name, PASSWORD)
    back = browser.call("GET", "/auth/callback", params=where)
    assert back.status_code == 303, back.text
    browser.raw["location"] = back.headers["location"]
    browser.session()
    return browser


def test_a_person_signs_in_at_keycloak_and_comes_back_to_where_they_were(company: Company) -> None:
    browser = signed_in(company, "alice", "/c/42?x=1")
    assert browser.raw["location"] == "/c/42?x=1"
    found = browser.session()
    assert (found["me"]["id"], found["session"]["way"]) == ("person:alice", "company")
    assert found["ways"] == ["company", "password"]
    assert "eyJhbGciOi" not in json.dumps(found)
    assert all("httponly" in line.lower() for name, line in browser.raw.items() if name.startswith("__Host"))


def test_the_way_out_uses_pkce_and_binds_state_and_nonce(company: Company) -> None:
    asked = parse_qs(urlsplit(Browser(company.system.base).call("GET", "/auth/login").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == [f"{company.system.base}/auth/callback"]


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site_afterwards(company: Company, next: str) -> None:
    assert signed_in(company, "alice", next).raw["location"] == "/"


def test_a_code_of_another_browser_signs_nobody_in(company: Company) -> None:
    mine, theirs = Browser(company.system.base), Browser(company.system.base)
    away = mine.call("GET", "/auth/login").headers["location"]
    theirs.call("GET", "/auth/login")
    with httpx.Client(timeout=30) as at_keycloak:
        where = fill(at_keycloak, at_keycloak.get(away), "alice", PASSWORD)
    for browser in (theirs, Browser(company.system.base)):
        reply = browser.call("GET", "/auth/callback", params=where)
        assert reply.headers["location"] == "/?sign_in=sign_in_over"
        assert browser.session()["signed_in"] is False
    assert mine.call("GET", "/auth/callback", params=where).headers["location"] == "/"
    again = mine.call("GET", "/auth/callback", params=where)
    assert again.headers["location"].startswith("/?sign_in=")


def test_signing_out_ends_the_sign_in_at_keycloak_and_its_access_token(company: Company, realm: Keycloak) -> None:
    before = sessions(realm, "bob")
    browser = signed_in(company, "bob")
    assert sessions(realm, "bob") == before + 1
    assert browser.call("POST", "/auth/logout").json() == {"signed_out": True, "company": "ended"}
    assert sessions(realm, "bob") == before


def test_an_administrator_ends_one_s_session_here_and_at_keycloak(company: Company, realm: Keycloak) -> None:
    before = sessions(realm, "bob")
    browser = signed_in(company, "bob")
    session = browser.session()["session"]["id"]
    found = company.admin.call("GET", "/api/users/bob/sessions")["sessions"]
    assert {one["id"]: one["way"] for one in found}[session] == "company"
    assert company.admin.end_session("bob", session) == {"username": "bob", "ended": 1, "company": "ended"}
    assert browser.call("GET", "/api/me").json()["reason"] == "session_ended"
    assert sessions(realm, "bob") == before
    other = signed_in(company, "bob")
    assert company.admin.logout(username="bob")["company"] == "ended"
    assert other.call("GET", "/api/me").json()["reason"] == "session_ended"


def test_a_sign_out_at_keycloak_reaches_the_browser_s_session(company: Company, realm: Keycloak) -> None:
    browser, bystander = signed_in(company, "bob"), signed_in(company, "alice")
    with realm.admin() as keycloak:
        keycloak.post(f"/users/{person(keycloak, 'bob')}/logout").raise_for_status()
    company.until(lambda: browser.call("GET", "/api/me").status_code == 401, 5)
    assert bystander.call("GET", "/api/me").status_code == 200


def test_a_session_that_ends_at_keycloak_ends_the_answer_that_is_being_written(
    company: Company, realm: Keycloak
) -> None:
    workspace = company.workspace("vault")
    company.paper(workspace, "vaults.md", SECRET)
    company.grant(workspace, "person:bob", "ask", "read")
    bob = Http(company.system.base, str(realm.sign_in("bob")["access_token"]))
    stream = LiveStream.open(bob, QUESTION, workspace=workspace)
    with realm.admin() as keycloak:
        keycloak.post(f"/users/{person(keycloak, 'bob')}/logout").raise_for_status()
        ended = time.monotonic()
    at, name, told = stream.end()
    assert (name, told["reason"]) == ("error", "revoked")
    assert at - ended < 1
    assert "osprey59" not in stream.text
    assert raw(bob, "GET", "/api/me").status_code == 401


async def test_an_auditor_reads_on_the_bus_with_keycloak_s_token_until_the_session_ends(
    company: Company, realm: Keycloak
) -> None:
    token, ended = str(realm.sign_in("ivy")["access_token"]), asyncio.Event()

    async def over() -> None:
        ended.set()

    with pytest.raises(nats.errors.Error, match="Authorization"):
        await nats.connect(
            company.system.nats_url, token=str(realm.sign_in("bob")["access_token"]), allow_reconnect=False
        )
    line = await nats.connect(
        company.system.nats_url, token=token, inbox_prefix=b"_INBOX_ivy", allow_reconnect=False, closed_cb=over
    )
    about = await line.request("$JS.API.STREAM.INFO.AUDIT_MIRROR", b"", timeout=5)
    assert json.loads(about.data)["config"]["name"] == "AUDIT_MIRROR"
    with realm.admin() as keycloak:
        keycloak.post(f"/users/{person(keycloak, 'ivy')}/logout").raise_for_status()
        await asyncio.wait_for(ended.wait(), 1)
    await line.close()


def test_signing_out_everywhere_ends_all_browsers(company: Company, realm: Keycloak) -> None:
    first, second = signed_in(company, "ivy"), signed_in(company, "ivy")
    assert first.call("DELETE", "/auth/sessions").json()["ended"] == 2
    assert second.call("GET", "/api/me").status_code == 401
    assert sessions(realm, "ivy") == 0


def test_access_tokens_are_renewed_while_the_session_lives(company: Company, realm: Keycloak) -> None:
    with realm.admin() as keycloak:
        keycloak.put("", json={"realm": realm.name, "accessTokenLifespan": 21}).raise_for_status()
        browser = signed_in(company, "alice")
        until = time.monotonic() + 3
        while time.monotonic() < until:
            assert browser.call("GET", "/api/me").json()["name"] == "alice"
            time.sleep(0.3)
        keycloak.put("", json={"realm": realm.name, "accessTokenLifespan": 300}).raise_for_status()


@pytest.mark.parametrize("word", ["", "x.y.z", "eyJhbGciOiJub25lIn0.e30."])
def test_nobody_else_can_say_that_somebody_left(company: Company, word: str) -> None:
    reply = httpx.post(f"{company.system.base}/auth/backchannel-logout", data={"logout_token": word})
    assert reply.status_code in (400, 422)


def test_an_access_token_is_no_logout_token(company: Company, realm: Keycloak) -> None:
    browser = signed_in(company, "alice")
    word = realm.service_token()["access_token"]
    reply = httpx.post(f"{company.system.base}/auth/backchannel-logout", data={"logout_token": word})
    assert reply.status_code == 400
    assert browser.call("GET", "/api/me").status_code == 200


def person(keycloak: httpx.Client, name: str) -> str:
    (found,) = keycloak.get("/users", params={"username": name, "exact": True}).json()
    return str(found["id"])


def sessions(realm: Keycloak, name: str) -> int:
    with realm.admin() as keycloak:
        return len(keycloak.get(f"/users/{person(keycloak, name)}/sessions").json())
