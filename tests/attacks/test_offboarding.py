"""Somebody leaves: one command ends all that they have open, hands over what they own, and is one entry in the log."""

import asyncio
import time

import httpx

from client import Http
from tests.attacks.test_bus_credentials import connected
from tests.support.company import PASSWORD, Company, raw
from tests.support.live_stream import LiveStream

PAPER = " ".join(f"The crate in bay {n} holds the code osprey{n}." for n in range(60))
QUESTION = "Which code does the crate in bay 7 hold? Read it out dragging."


def browser(cloister: Company, name: str) -> httpx.Client:
    """Signed in with a cookie, as a page is."""
    page = httpx.Client(base_url=cloister.system.base)
    reply = page.post("/auth/login", json={"username": name, "password": PASSWORD})
    assert reply.status_code == 200, reply.text
    for cookie in page.cookies.jar:
        cookie.secure = False  # this test has no TLS to send it over
    assert page.get("/auth/session").json()["signed_in"]
    return page


async def test_all_that_a_leaver_has_open_ends_within_a_second(cloister: Company) -> None:
    workspace = cloister.workspace("leaving")
    cloister.paper(workspace, "crates.md", PAPER)
    leaver, heir = cloister.person("leaver", workspace), cloister.person("heir")
    name, heirs = leaver.me()["name"], heir.me()["name"]
    cloister.admin.call("PATCH", f"/api/users/{name}", json={"roles": ["auditor", "admin"]})
    key = raw(leaver, "POST", "/api/keys", json={"name": f"key-of-{name}", "workspaces": [workspace]}).json()
    system, page = Http(cloister.system.base, key["key"]), browser(cloister, name)
    stream = await asyncio.to_thread(LiveStream.open, leaver, QUESTION, workspace=workspace)
    async with connected(cloister, name, PASSWORD) as (_, closed):
        gone = raw(cloister.admin, "POST", f"/api/users/{name}/offboard", json={"to": heirs})
        began = time.monotonic()
        await asyncio.wait_for(closed.wait(), 1)
    at, event, told = await asyncio.to_thread(stream.end)
    assert (event, told["reason"]) == ("error", "revoked")
    assert at - began < 1
    assert raw(leaver, "GET", "/api/me").status_code == 401
    assert raw(system, "GET", "/api/me").status_code == 401
    assert page.get("/api/me").status_code == 401
    assert not page.get("/auth/session").json()["signed_in"]
    handed = gone.json()
    assert (handed["to"], handed["keys"]) == (f"person:{heirs}", [key["name"]])
    assert [grant["workspace"] for grant in handed["grants"]] == [workspace]
    assert workspace in [one["workspace"] for one in heir.me()["workspaces"]]
    about = cloister.admin.call("GET", "/api/users")["users"]
    assert next(one for one in about if one["username"] == name) == {
        "username": name, "groups": [], "roles": [], "locked": True,
    }  # fmt: skip
