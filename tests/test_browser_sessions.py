"""Local accounts in a browser: a cookie that no script reads, a token for changes, and sessions that can be ended."""

import httpx
import pytest

from tests.support.browser import Browser
from tests.support.company import PASSWORD, Company

COOKIE = "__Host-cloister"


@pytest.fixture
def name(cloister: Company) -> str:
    person = cloister.person("browsing")
    return str(person.me()["name"])


def signed_in(cloister: Company, name: str) -> Browser:
    browser = Browser(cloister.system.base)
    reply = browser.call("POST", "/auth/login", json={"username": name, "password": PASSWORD})
    assert reply.status_code == 200, reply.text
    browser.csrf = reply.json()["session"]["csrf"]
    return browser


def test_the_cookie_is_for_this_host_alone_and_the_page_never_sees_a_token(cloister: Company, name: str) -> None:
    browser = signed_in(cloister, name)
    attributes = browser.raw[COOKIE].lower()
    assert all(part in attributes for part in ("secure", "httponly", "samesite=lax", "path=/"))
    assert "domain" not in attributes
    found = browser.session()
    assert found["me"]["id"] == f"person:{name}"
    assert found["session"]["way"] == "password"
    assert "access" not in str(found)


def test_without_a_cookie_nobody_is_signed_in_and_the_ways_are_told(cloister: Company) -> None:
    assert Browser(cloister.system.base).session() == {"signed_in": False, "ways": ["password"]}


def test_the_cookie_opens_every_call_and_a_change_takes_the_csrf_token(cloister: Company, name: str) -> None:
    browser = signed_in(cloister, name)
    assert browser.call("GET", "/api/me").json()["name"] == name
    browser.csrf = ""
    refused = browser.call("POST", "/api/search", json={"question": "q"})
    assert (refused.status_code, refused.json()["reason"]) == (403, "csrf")
    browser.csrf = "another"
    assert browser.call("POST", "/api/search", json={"question": "q"}).json()["reason"] == "csrf"
    browser.session()
    assert browser.call("POST", "/api/search", json={"question": "q"}).json().get("reason") != "csrf"


@pytest.mark.parametrize(
    "foreign", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_another_site_can_neither_change_anything_nor_sign_its_own_account_in(
    cloister: Company, name: str, foreign: dict[str, str]
) -> None:
    browser = signed_in(cloister, name)
    own = {"Origin": cloister.system.base}
    assert browser.call("POST", "/api/search", json={"question": "q"}, headers=own).json().get("reason") != "csrf"
    assert browser.call("POST", "/auth/logout", headers=foreign).json()["reason"] == "csrf"
    body = {"username": name, "password": PASSWORD}
    assert browser.call("POST", "/auth/login", json=body, headers=foreign).json()["reason"] == "csrf"


def test_after_signing_out_the_old_cookie_is_nobody_s(cloister: Company, name: str) -> None:
    browser = signed_in(cloister, name)
    old = dict(browser.cookies)
    assert browser.call("POST", "/auth/logout").json() == {"signed_out": True, "company": "none"}
    assert browser.cookies == {}
    browser.cookies = old
    assert browser.call("GET", "/api/me").status_code == 401
    assert browser.call("POST", "/auth/logout").json()["reason"] == "sign_in_over"


def test_one_sees_one_s_sessions_and_ends_one_or_all(cloister: Company, name: str) -> None:
    first, second, third = (signed_in(cloister, name) for _ in range(3))
    mine = first.call("GET", "/auth/sessions").json()["sessions"]
    assert len(mine) == 3
    assert [one["current"] for one in mine].count(True) == 1
    gone = second.session()["session"]["id"]
    assert first.call("DELETE", f"/auth/sessions/{gone}").json() == {"ended": 1}
    assert second.call("GET", "/api/me").status_code == 401
    assert first.call("DELETE", "/auth/sessions").json() == {"ended": 2}
    assert third.call("GET", "/api/me").status_code == first.call("GET", "/api/me").status_code == 401


def test_signing_out_everywhere_ends_the_tokens_of_programs_too(cloister: Company) -> None:
    person = cloister.person("busy")
    browser = signed_in(cloister, str(person.me()["name"]))
    assert browser.call("DELETE", "/auth/sessions").json() == {"ended": 1}
    head = {"Authorization": f"Bearer {person.token}"}
    assert httpx.get(f"{cloister.system.base}/api/me", headers=head).status_code == 401


def test_another_person_s_session_and_one_that_is_not_there_look_the_same(cloister: Company, name: str) -> None:
    mine, other = signed_in(cloister, name), signed_in(cloister, str(cloister.person("other").me()["name"]))
    foreign = mine.call("DELETE", f"/auth/sessions/{other.session()['session']['id']}")
    missing = mine.call("DELETE", "/auth/sessions/0123456789abcdef")
    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
    assert foreign.status_code == 404
    assert other.call("GET", "/api/me").status_code == 200


def test_a_made_up_cookie_opens_nothing(cloister: Company) -> None:
    for value in ("", "x", "x" * 5000, "é", "' OR 1=1 --", "a" * 43):
        head = {"Cookie": f"{COOKIE}={value}".encode()}
        assert httpx.get(f"{cloister.system.base}/api/me", headers=head).status_code == 401


def test_there_is_no_company_to_sign_in_with_until_an_issuer_is_set(cloister: Company) -> None:
    reply = Browser(cloister.system.base).call("GET", "/auth/login")
    assert (reply.status_code, reply.json()["reason"]) == (404, "no_company_sign_in")


def test_the_tables_of_the_gateway_hold_neither_cookie_nor_token(cloister: Company, name: str) -> None:
    browser = signed_in(cloister, name)
    kept = b"".join(path.read_bytes() for path in cloister.system.home.glob("gateway.db*"))
    assert browser.cookies[COOKIE].encode() not in kept
    assert b"eyJhbGciOi" not in kept  # how each of our tokens begins
