"""Local accounts in a browser: a cookie that no script reads, a token for changes, and sessions that can be ended."""

import httpx
import pytest

from tests.support.browser import Browser
from tests.support.company import PASSWORD, Company, raw

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


def test_an_administrator_sees_somebody_s_sessions_and_ends_one_which_hears_why(cloister: Company, name: str) -> None:
    first, second = signed_in(cloister, name), signed_in(cloister, name)
    found = cloister.admin.call("GET", f"/api/users/{name}/sessions")["sessions"]
    gone = second.session()["session"]["id"]
    (one,) = [one for one in found if one["id"] == gone]
    assert (len(found), one["way"], one["address"], one["current"]) == (2, "password", "127.0.0.1", False)
    assert one["created_at"] <= one["seen_at"] < one["expires_at"]
    done = cloister.admin.end_session(name, gone)
    assert done == {"username": name, "ended": 1, "company": "none"}
    refused = second.call("GET", "/api/me")
    assert (refused.status_code, refused.json()["reason"]) == (401, "session_ended")
    assert "person:admin" in refused.json()["error"]
    assert "Sign in again" in refused.json()["error"]
    assert first.call("GET", "/api/me").status_code == 200
    told = second.session()
    assert (told["signed_in"], told["ended"]["reason"]) == (False, "session_ended")
    assert "ended" not in second.session(), "it is said once"
    again = raw(cloister.admin, "DELETE", f"/api/users/{name}/sessions/{gone}")
    assert (again.status_code, again.json()["reason"]) == (404, "not_found")
    rows = cloister.recorded(f"person:{name}", "audit.sessions_ended.v1")
    (record,) = [row for row in rows if row.subject == "audit.sessions_ended.v1"]
    assert (record.principal, record.facts["sessions"]) == ("person:admin", [gone])


def test_signing_somebody_out_everywhere_ends_sessions_and_tokens_and_both_hear_why(cloister: Company) -> None:
    person = cloister.person("everywhere")
    name = str(person.me()["name"])
    browser = signed_in(cloister, name)
    done = cloister.admin.logout(username=name)
    assert (done["ended"], done["everywhere"]) == (1, True)
    assert browser.call("GET", "/api/me").json()["reason"] == "session_ended"
    over = raw(person, "GET", "/api/me")
    assert (over.status_code, over.json()["reason"]) == (401, "sign_in_over")
    assert "administrator" in over.json()["error"]
    signed_in(cloister, name)
    assert len(cloister.admin.call("GET", f"/api/users/{name}/sessions")["sessions"]) == 1


def test_nobody_but_an_administrator_sees_or_ends_somebody_else_s_sessions(cloister: Company, name: str) -> None:
    browser, other = signed_in(cloister, name), cloister.person("curious", roles=["auditor"])
    session = browser.session()["session"]["id"]
    for method, path in (("GET", ""), ("DELETE", f"/{session}")):
        assert raw(other, method, f"/api/users/{name}/sessions{path}").status_code == 403
    assert browser.call("GET", f"/api/users/{name}/sessions").json()["sessions"][0]["current"]
    mine = signed_in(cloister, str(other.me()["name"])).session()["session"]["id"]
    foreign = browser.call("DELETE", f"/api/users/{name}/sessions/{mine}")
    assert foreign.status_code == 404, "an id is looked for among the person's own"
    assert browser.call("GET", "/api/me").status_code == 200


def test_what_is_written_for_an_ended_session_stops(cloister: Company, name: str) -> None:
    workspace = cloister.workspace("ended")
    cloister.grant(workspace, f"person:{name}", "ask", "read")
    cloister.paper(workspace, "tank.md", "The oil tank holds 7,400 litres. " * 20)
    browser = signed_in(cloister, name)
    question = {"question": "How many litres does the oil tank hold? Tell it dragging.", "workspace": workspace}
    url, body = f"{browser.base}/api/chat", question | {"stream": True}
    with httpx.stream("POST", url, json=body, headers=browser.headers, timeout=60) as reply:
        lines = reply.iter_lines()
        assert any(line == "event: token" for line in lines)
        cloister.admin.end_session(name, browser.session()["session"]["id"])
        assert any('"reason":"revoked"' in line.replace(" ", "") for line in lines)


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
