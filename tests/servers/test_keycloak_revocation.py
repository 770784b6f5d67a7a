"""What is taken from people of Keycloak ends within a second, whatever they have open and also while it is away."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest

from client import Http, Refused
from tests.servers.keycloak import PASSWORD, fill
from tests.servers.keycloak_place import Place
from tests.servers.test_keycloak_browser import person, sessions, signed_in
from tests.support.browser import Browser
from tests.support.company import Company, raw
from tests.support.live_stream import LiveStream

pytestmark = pytest.mark.keycloak
SECRET = " ".join(f"The vault in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the vault in room 7 open? Read it out dragging."
NUMBERS = count(1)
SECOND = 1.0


@dataclass
class Employee:
    """An auditor of Keycloak who may ask a workspace as a member of a group, and is signed in twice."""

    place: Place
    workspace: str
    name: str
    grant: str
    token: str
    browser: Browser

    @property
    def program(self) -> Http:
        return Http(self.place.company.system.base, self.token)

    def ask(self, caller: Http | Browser) -> LiveStream:
        return LiveStream.open(caller, QUESTION, workspace=self.workspace)


@pytest.fixture(scope="module")
def workspace(place: Place) -> str:
    made = place.company.workspace("vault")
    place.company.paper(made, "vaults.md", SECRET)
    return made


@pytest.fixture
def employee(place: Place, workspace: str) -> Iterator[Employee]:
    name = f"employee{next(NUMBERS)}"
    hire(place, name)
    grant = place.company.grant(workspace, f"group:of-{name}", "ask", "read")
    # Keycloak may have been away until just now, and a newcomer is asked for when it is known to be back.
    browser = place.until(lambda: known(signed_in(place.company, name)))
    made = Employee(place, workspace, name, grant, place.token(name), browser)
    promote(made, "auditor")
    yield made
    with place.realm.admin() as keycloak:  # a name that was removed here would be complained about
        keycloak.delete(f"/users/{person(keycloak, name)}").raise_for_status()
    place.company.admin.call("POST", "/api/directory/sync")


def known(browser: Browser) -> Browser | None:
    return browser if browser.session()["signed_in"] else None


def hire(place: Place, name: str) -> None:
    """In Keycloak, as a member of a group of their own."""
    given = {"credentials": [{"type": "password", "value": PASSWORD}], "email": f"{name}@example.com"}
    about = {"username": name, "enabled": True, "firstName": name, "lastName": "New", "groups": [f"/of-{name}"]}
    with place.realm.admin() as keycloak:
        keycloak.post("/groups", json={"name": f"of-{name}"}).raise_for_status()
        keycloak.post("/users", json=about | given).raise_for_status()


def promote(who: Employee, role: str) -> None:
    """In Keycloak."""
    with who.place.realm.admin() as keycloak:
        given = [keycloak.get(f"/roles/{role}").json()]
        where = f"/users/{person(keycloak, who.name)}/role-mappings/realm"
        keycloak.post(where, json=given).raise_for_status()
    who.place.until(lambda: role in who.place.me(who.token).get("roles", ()))


@contextmanager
def away(place: Place) -> Iterator[None]:
    place.relay.shut()
    try:
        place.until(place.issuer)
        yield
        assert place.issuer(), "it is named in /readyz all the while"
    finally:
        place.relay.open = True


@asynccontextmanager
async def connected(place: Place, name: str, **how: str) -> AsyncIterator[asyncio.Event]:
    """A connection to the bus; the event tells its end."""
    ended = asyncio.Event()

    async def over() -> None:
        ended.set()

    async def quiet(_: Exception) -> None:
        """The server says why; the tests look at what happens."""

    line = await nats.connect(
        place.company.system.nats_url, inbox_prefix=f"_INBOX_{name}", allow_reconnect=False, closed_cb=over,
        error_cb=quiet, **how,
    )  # fmt: skip
    try:
        yield ended
    finally:
        await line.close()


def act(method: str, path: str, **body: Any) -> Callable[[Employee], None]:
    def take(who: Employee) -> None:
        filled = {name: value.format(**vars(who)) if isinstance(value, str) else value for name, value in body.items()}
        reply = raw(who.place.company.admin, method, path.format(**vars(who)), json=filled or None)
        assert reply.status_code < 300, reply.text

    return take


ACCOUNT = {
    "locked": act("POST", "/api/users/{name}/lock"),
    "removed": act("DELETE", "/api/users/{name}"),
    "taken out of the group": act("PATCH", "/api/users/{name}", groups=[]),
}
RIGHT = {
    "the grant is removed": act("DELETE", "/api/grants/{grant}"),
    "asking is denied": act(
        "POST", "/api/grants", workspace="{workspace}", to="person:{name}", actions=["ask"], deny=True
    ),
}


async def ended(stream: LiveStream, since: float) -> None:
    at, name, told = await asyncio.to_thread(stream.end)
    assert (name, told["reason"]) == ("error", "revoked")
    assert at - since < SECOND
    assert "osprey59" not in stream.text


@pytest.mark.parametrize("kind", ACCOUNT)
async def test_streams_and_the_bus_end_within_a_second_for_somebody_who_is(kind: str, employee: Employee) -> None:
    who, place = employee, employee.place
    with away(place):
        streams = [await asyncio.to_thread(who.ask, caller) for caller in (who.program, who.browser)]
        async with connected(place, who.name, token=who.token) as closed:
            await asyncio.to_thread(ACCOUNT[kind], who)
            began = time.monotonic()
            await asyncio.wait_for(closed.wait(), SECOND)
        for stream in streams:
            await ended(stream, began)
        if kind != "taken out of the group":
            assert place.me(who.token)["reason"] == "unknown_account", "as somebody who never was there"
            assert who.browser.call("GET", "/api/me").status_code == 401
            assert who.browser.session()["signed_in"] is False
            with pytest.raises(nats.errors.Error, match="Authorization"):
                async with connected(place, who.name, token=who.token):
                    pass


@pytest.mark.parametrize("kind", RIGHT)
async def test_streams_end_within_a_second_when(kind: str, employee: Employee) -> None:
    with away(employee.place):
        streams = [await asyncio.to_thread(employee.ask, caller) for caller in (employee.program, employee.browser)]
        await asyncio.to_thread(RIGHT[kind], employee)
        began = time.monotonic()
        for stream in streams:
            await ended(stream, began)
        assert employee.place.me(employee.token)["name"] == employee.name


async def test_a_revoked_key_ends_its_stream_its_connection_and_its_question_on_the_bus(
    place: Place, workspace: str
) -> None:
    company = place.company
    app = company.app("crm", workspace, bus=True)
    system = Http(company.system.base, app["key"])
    with away(place):
        stream = await asyncio.to_thread(LiveStream.open, system, QUESTION, workspace=workspace)
        async with connected(place, app["name"], user=app["name"], password=app["key"]) as closed:
            await asyncio.to_thread(company.admin.remove, "key", app["name"])
            began = time.monotonic()
            await asyncio.wait_for(closed.wait(), SECOND)
        await ended(stream, began)
        assert raw(system, "GET", "/api/me").status_code == 401


@pytest.mark.parametrize("kind", RIGHT)
async def test_a_question_on_the_bus_ends_within_a_second_when(kind: str, place: Place, workspace: str) -> None:
    company, name = place.company, f"system{next(NUMBERS)}"
    app = company.admin.make("key", name=name, workspaces=[workspace], scopes=["read"], bus=True)
    holder = f"app:{name}"
    grant = company.grant(workspace, holder, "ask")
    denial = {"workspace": workspace, "to": holder, "actions": ["ask"], "deny": True}
    with away(place):
        async with company.line(app) as line, aclosing(line.stream(QUESTION, workspace=workspace)) as events:
            while not getattr(await anext(events), "text", ""):
                pass
            taken = ("POST", "/api/grants", denial) if "denied" in kind else ("DELETE", f"/api/grants/{grant}", None)
            await asyncio.to_thread(raw, company.admin, *taken[:2], json=taken[2])
            began = time.monotonic()
            with pytest.raises(Refused) as refused:
                async for _ in events:
                    pass
            assert refused.value.reason == "revoked"
            assert time.monotonic() - began < SECOND


async def test_signing_out_ends_the_browser_s_stream_and_the_next_sign_in_is_a_new_one(employee: Employee) -> None:
    who, place = employee, employee.place
    kept: dict[str, str] = {}
    who.browser = at_keycloak(who, kept)
    with away(place):
        stream = await asyncio.to_thread(who.ask, who.browser)
        began = time.monotonic()
        gone = await asyncio.to_thread(who.browser.call, "POST", "/auth/logout")
        await ended(stream, began)
        assert gone.json() == {"signed_out": True, "company": "unreachable"}
        assert who.browser.call("GET", "/api/me").status_code == 401
        assert place.me(who.token)["name"] == who.name, "another sign-in of theirs goes on"
    before = sessions(place.realm, who.name)
    with pytest.raises(AssertionError, match="sign_in_over"):
        at_keycloak(who, kept)  # Keycloak goes on with the one that ended here, until it is told now
    assert sessions(place.realm, who.name) == before - 1
    assert at_keycloak(who, kept).session()["signed_in"] is True


def at_keycloak(who: Employee, kept: dict[str, str]) -> Browser:
    """Signed in by a browser that keeps Keycloak's cookies, too: its form comes only when its session is over."""
    browser = Browser(who.place.company.system.base)
    location = browser.call("GET", "/auth/login").headers["location"]
    with httpx.Client(timeout=30) as at:
        page = at.get(location, headers={"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())})
        if page.status_code == 302:
            found = dict(httpx.URL(page.headers["location"]).params)
        else:
            found = fill(at, page, who.name, PASSWORD)
            kept |= dict(at.cookies)
    back = browser.call("GET", "/auth/callback", params=found)
    assert back.headers["location"] == "/", back.headers["location"]
    browser.session()
    return browser


async def test_one_command_ends_all_of_a_leaver_and_hands_over_what_they_own(employee: Employee) -> None:
    who, company = employee, employee.place.company
    promote(who, "admin")
    company.grant(who.workspace, f"person:{who.name}", "ask", "read", "write", "manage")
    key = raw(who.program, "POST", "/api/keys", json={"name": f"key-of-{who.name}", "workspaces": [who.workspace]})
    system = Http(company.system.base, key.json()["key"])
    file = {"file": ("crates.md", b"The crate in bay 7 holds the code osprey7.")}
    raw(who.program, "POST", "/api/documents", data={"workspace": who.workspace}, files=file).raise_for_status()
    streams = [await asyncio.to_thread(who.ask, caller) for caller in (who.program, who.browser, system)]
    async with connected(who.place, who.name, token=who.token) as closed:
        told = await asyncio.to_thread(cloister, company, "users", "offboard", who.name, "--to", "alice")
        began = time.monotonic()
        await asyncio.wait_for(closed.wait(), SECOND)
    for stream in streams:
        await ended(stream, began)
    assert [(one["workspace"], set(one["actions"])) for one in told["grants"]] == [
        (who.workspace, {"ask", "read", "write", "manage"})
    ]
    assert (told["to"], told["keys"], told["documents"]) == ("person:alice", [f"key-of-{who.name}"], 1)
    alice = next(
        one for one in who.place.me(who.place.token("alice"))["workspaces"] if one["workspace"] == who.workspace
    )
    assert "manage" in alice["actions"]
    acts = [row for row in company.recorded(f"person:{who.name}") if "user.offboarded" in str(row)]
    assert len(acts) == 1
    company.admin.call("POST", "/api/directory/sync")
    # Keycloak lets them in until they are removed there.
    assert who.place.me(who.place.token(who.name))["reason"] == "unknown_account", (
        "Keycloak lets them in, and we do not"
    )
    assert who.browser.call("GET", "/api/me").status_code == 401
    assert raw(system, "GET", "/api/me").status_code == 401


def cloister(company: Company, *command: str) -> Any:
    told = subprocess.run(
        [Path(sys.executable).with_name("cloister"), *command, "--json"],
        env=os.environ | {"CLOISTER_URL": company.system.base, "CLOISTER_TOKEN": company.system.token},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)
