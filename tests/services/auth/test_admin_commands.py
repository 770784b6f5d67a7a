"""Users, workspaces, grants and keys: made, seen and taken away, by those who may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.events import AccessChanged, Credential
from shared.settings import Settings
from tests.services.auth.running import AuthService, auth_service, refused

PERSON = {"username": "carol", "password": "a long enough password"}


@pytest.fixture
async def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AuthService]:
    monkeypatch.setattr("services.auth.accounts.commands.api_keys.settings", lambda: Settings(home=tmp_path))
    async with auth_service(tmp_path) as found:
        yield found


@pytest.fixture
async def admin(here: AuthService) -> Credential:
    return await here.sign_in()


async def told(here: AuthService, act: str) -> AccessChanged:
    """The event of this act, once the outbox has sent it."""
    return await here.bus.until(
        lambda events: next((e for e in events if isinstance(e, AccessChanged) and e.act == act), None)
    )


async def test_each_kind_is_made_listed_and_removed(here: AuthService, admin: Credential) -> None:
    assert (await here.make(admin, "workspace", name="hr", title="人事 People"))["workspace"] == "hr"
    assert (await here.make(admin, "user", **PERSON, groups=["人事部"]))["username"] == "carol"
    grant = await here.make(admin, "grant", workspace="hr", to="group:人事部", actions=["ask"])
    assert (await here.make(admin, "key", name="payroll", workspaces=["hr"]))["key"].startswith("ck_")
    assert {user["username"] for user in await here.names(admin, "user")} == {"admin", "carol"}
    assert [space["title"] for space in await here.names(admin, "workspace")] == ["人事 People"]
    assert [key for key in await here.names(admin, "key") if "key" in key] == []
    assert await here.remove(admin, "grant", grant["grant_id"]) == {"grant_id": grant["grant_id"]}
    assert await here.remove(admin, "key", "payroll") == {"name": "payroll"}
    assert await here.remove(admin, "user", "carol") == {"username": "carol"}
    assert await here.remove(admin, "workspace", "hr") == {"workspace": "hr"}
    assert await here.names(admin, "workspace") == await here.names(admin, "grant") == []


async def test_every_act_is_told_with_who_did_it_and_never_a_secret(here: AuthService, admin: Credential) -> None:
    await here.make(admin, "user", **PERSON)
    event = await told(here, "user.created")
    await here.make(admin, "workspace", name="hr")
    key = await here.make(admin, "key", name="crm", workspaces=["hr"], bus=True)
    made = await told(here, "key.created")
    assert (made.actor, made.target, made.detail["bus"]) == ("person:admin", "app:crm", True)
    everything = " ".join(event.model_dump_json() for event in here.bus.events)
    assert PERSON["password"] not in everything
    assert key["key"] not in everything
    assert event.actor == "auth"


async def test_a_key_for_the_bus_comes_with_the_keys_that_sign_answers(here: AuthService, admin: Credential) -> None:
    await here.make(admin, "workspace", name="hr")
    key = await here.make(admin, "key", name="crm", workspaces=["hr"], bus=True)
    assert set(key["answer_keys"]) == {"gateway", "inference"}
    assert all(pem.startswith("-----BEGIN PUBLIC KEY-----") for pem in key["answer_keys"].values())


async def test_a_name_is_never_given_twice(here: AuthService, admin: Credential) -> None:
    await here.make(admin, "user", **PERSON)
    await here.make(admin, "workspace", name="hr")
    for kind, fields in (("user", PERSON), ("workspace", {"name": "hr"})):
        found = await refused(here.make(admin, kind, **fields))
        assert (found.reason, found.status) == ("exists", 409)
        await here.remove(admin, kind, "carol" if kind == "user" else "hr")
        assert (await refused(here.make(admin, kind, **fields))).reason == "exists"


async def test_a_system_may_get_a_new_key_once_the_old_one_is_removed(here: AuthService, admin: Credential) -> None:
    await here.make(admin, "workspace", name="hr")
    old = await here.make(admin, "key", name="crm", workspaces=["hr"])
    assert (await refused(here.make(admin, "key", name="crm", workspaces=["hr"]))).reason == "exists"
    await here.remove(admin, "key", "crm")
    assert (await here.make(admin, "key", name="crm", workspaces=["hr"]))["key"] != old["key"]


async def test_the_same_grant_twice_is_one(here: AuthService, admin: Credential) -> None:
    await here.make(admin, "workspace", name="hr")
    grant = {"workspace": "hr", "to": "role:manager", "actions": ["ask", "read"]}
    assert await here.make(admin, "grant", **grant) == await here.make(admin, "grant", **grant)


async def test_a_member_makes_nothing_and_sees_what_is_theirs(here: AuthService, admin: Credential) -> None:
    for name in ("hr", "legal"):
        await here.make(admin, "workspace", name=name)
    await here.make(admin, "grant", workspace="hr", to="person:carol", actions=["ask"])
    carol = await here.person(admin, "carol", groups=["staff"])
    for kind, fields in (
        ("user", {"username": "eve", "password": "a long enough password"}), ("workspace", {"name": "mine"}),
        ("grant", {"workspace": "hr", "to": "person:carol", "actions": ["write"]}),
        ("key", {"name": "x", "workspaces": ["hr"]}),
    ):  # fmt: skip
        found = await refused(here.make(carol, kind, **fields))
        assert (found.reason, found.status) == ("forbidden", 403)
        assert (await refused(here.remove(carol, kind, "hr"))).reason == "forbidden"
    assert [user["username"] for user in await here.names(carol, "user")] == ["carol"]
    assert [space["workspace"] for space in await here.names(carol, "workspace")] == ["hr"]
    assert [grant["to"] for grant in await here.names(carol, "grant")] == ["person:carol"]
    assert await here.names(carol, "key") == []
    (me,) = await here.names(carol, "me")
    assert (me["id"], me["groups"], me["workspaces"][0]["actions"]) == ("person:carol", ["staff"], ["ask"])


async def test_who_manages_a_workspace_gives_grants_only_there(here: AuthService, admin: Credential) -> None:
    for name in ("hr", "legal"):
        await here.make(admin, "workspace", name=name)
    await here.make(admin, "grant", workspace="hr", to="person:carol", actions=["manage"])
    carol = await here.person(admin, "carol")
    made = await here.make(carol, "grant", workspace="hr", to="group:staff", actions=["ask"])
    theirs = next(grant for grant in await here.names(admin, "grant") if grant["workspace"] == "legal")
    assert (await refused(here.make(carol, "grant", workspace="legal", to="group:x", actions=["ask"]))).status == 404
    assert (await refused(here.make(carol, "grant", workspace="none", to="group:x", actions=["ask"]))).status == 404
    assert (await refused(here.remove(carol, "grant", theirs["grant_id"]))).reason == "not_found"
    assert await here.remove(carol, "grant", made["grant_id"])


async def test_what_is_not_there_is_refused(here: AuthService, admin: Credential) -> None:
    for kind in ("user", "grant", "key"):
        found = await refused(here.remove(admin, kind, "nobody"))
        assert (found.reason, found.status) == ("not_found", 404)
    assert (await refused(here.remove(admin, "workspace", "nothere"))).reason == "workspace_not_found"
    assert (await refused(here.make(admin, "key", name="crm", workspaces=["nothere"]))).reason == "workspace_not_found"


async def test_the_only_administrator_stays(here: AuthService, admin: Credential) -> None:
    assert (await refused(here.remove(admin, "user", "admin"))).reason == "last_admin"
    boss = await here.person(admin, "boss", roles=["admin"])
    assert await here.remove(boss, "user", "admin")
    assert (await refused(here.names(admin, "user"))).status == 401
