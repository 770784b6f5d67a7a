"""Users, groups and roles of a real Keycloak in our tables: what changes there, what is wrong, and when it is away."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bench.system import system
from client import Http, Refused
from services.auth.directory.keycloak_directory import FAILURES, KeycloakDirectory, words
from services.auth.settings import OidcSettings
from tests.servers.keycloak import ERP_SECRET, PASSWORD, Keycloak, new_realm, settings_of
from tests.servers.keycloak_place import Place
from tests.servers.plant import Plant
from tests.support.company import PASSWORD as LOCAL_PASSWORD
from tests.support.company import STAND_INS, Company, raw
from tests.support.tcp_relay import Relay

pytestmark = pytest.mark.keycloak
SECRET = " ".join(f"The vault in room {n} opens with the word osprey{n}." for n in range(60))
QUESTION = "With which word does the vault in room 7 open? Read it out dragging."


def user(keycloak: httpx.Client, name: str) -> str:
    (found,) = keycloak.get("/users", params={"username": name, "exact": True}).json()
    return str(found["id"])


def group(keycloak: httpx.Client, name: str) -> dict[str, Any]:
    (found,) = [one for one in keycloak.get("/groups").json() if one["name"] == name]
    return dict(found)


def test_somebody_new_is_known_at_the_first_call_and_gone_with_the_account(place: Place) -> None:
    with place.realm.admin() as keycloak:
        given = {"credentials": [{"type": "password", "value": PASSWORD}], "email": "dora@example.com"}
        about = {"username": "dora", "enabled": True, "firstName": "Dora", "lastName": "New", "groups": ["/finance"]}
        keycloak.post("/users", json=about | given).raise_for_status()
        token = place.token("dora")
        assert place.me(token)["groups"] == ["finance"]
        keycloak.delete(f"/users/{user(keycloak, 'dora')}").raise_for_status()
    place.until(lambda: place.me(token).get("reason") == "unknown_account")


def test_a_group_joined_and_a_role_given_count_within_seconds_and_so_does_their_end(place: Place) -> None:
    token = place.token("bob")
    with place.realm.admin() as keycloak:
        bob, finance = user(keycloak, "bob"), group(keycloak, "finance")["id"]
        role = keycloak.get("/roles/manager").json()
        keycloak.put(f"/users/{bob}/groups/{finance}").raise_for_status()
        keycloak.post(f"/users/{bob}/role-mappings/realm", json=[role]).raise_for_status()
        place.until(lambda: "manager" in place.me(token)["roles"])
        place.until(lambda: place.me(token)["groups"] == ["finance", "legal"])
        keycloak.delete(f"/users/{bob}/groups/{finance}").raise_for_status()
        keycloak.request("DELETE", f"/users/{bob}/role-mappings/realm", json=[role]).raise_for_status()
    place.until(lambda: (place.me(token)["groups"], place.me(token)["roles"]) == (["legal"], ["member"]))


def test_what_is_given_here_stays_beside_what_keycloak_gives(place: Place) -> None:
    token, admin = place.token("bob"), place.company.admin
    raw(admin, "POST", "/api/roles/management/apply", json={"to": "bob"}).raise_for_status()
    admin.call("PATCH", "/api/users/bob", json={"groups": ["legal", "projects"]})
    admin.call("POST", "/api/directory/sync")
    assert (place.me(token)["groups"], set(place.me(token)["roles"])) == (["legal", "projects"], {"manager", "member"})
    with place.realm.admin() as keycloak:
        where = f"/users/{user(keycloak, 'bob')}/groups/{group(keycloak, 'finance')['id']}"
        keycloak.put(where).raise_for_status()
        place.until(lambda: place.me(token)["groups"] == ["finance", "legal", "projects"])
        keycloak.delete(where).raise_for_status()
    place.until(lambda: place.me(token)["groups"] == ["legal", "projects"])
    admin.call("PATCH", "/api/users/bob", json={"groups": [], "roles": []})
    assert place.me(token)["groups"] == []
    admin.call("POST", "/api/directory/sync")
    assert (place.me(token)["groups"], place.me(token)["roles"]) == (["legal"], ["member"])


def test_a_role_that_a_group_or_another_role_brings_counts_too(place: Place) -> None:
    token = place.token("alice")
    with place.realm.admin() as keycloak:
        keycloak.post("/roles", json={"name": "head of finance"}).raise_for_status()
        reviewer, head = keycloak.get("/roles/reviewer").json(), keycloak.get("/roles/head%20of%20finance").json()
        keycloak.post("/roles/head%20of%20finance/composites", json=[reviewer]).raise_for_status()
        where = f"/groups/{group(keycloak, 'finance')['id']}/role-mappings/realm"
        keycloak.post(where, json=[head]).raise_for_status()
        place.company.admin.call("POST", "/api/directory/sync")
        assert "reviewer" in place.me(token)["roles"]
        keycloak.request("DELETE", where, json=[head]).raise_for_status()
        place.company.admin.call("POST", "/api/directory/sync")
    assert "reviewer" not in place.me(token)["roles"]


def test_members_of_a_group_below_are_members_of_the_one_above(place: Place) -> None:
    token = place.token("alice")
    with place.realm.admin() as keycloak:
        finance, alice = group(keycloak, "finance")["id"], user(keycloak, "alice")
        below = keycloak.post(f"/groups/{finance}/children", json={"name": "控制"}).json()["id"]
        keycloak.put(f"/users/{alice}/groups/{below}").raise_for_status()
        keycloak.delete(f"/users/{alice}/groups/{finance}").raise_for_status()
        place.until(lambda: place.me(token)["groups"] == ["finance", "finance/控制"])
        keycloak.put(f"/users/{alice}/groups/{finance}").raise_for_status()
        keycloak.delete(f"/groups/{below}").raise_for_status()
    place.until(lambda: place.me(token)["groups"] == ["finance"])


def test_a_renamed_group_keeps_its_name_here_and_a_new_one_of_that_name_gets_nothing(place: Place) -> None:
    with place.realm.admin() as keycloak:
        legal = group(keycloak, "legal")
        keycloak.put(f"/groups/{legal['id']}", json={"name": "lawyers"}).raise_for_status()
        place.until(lambda: "'legal' is called 'lawyers'" in place.issuer())
        assert place.me(place.token("bob"))["groups"] == ["legal"]
        keycloak.post("/groups", json={"name": "legal"}).raise_for_status()
        second = group(keycloak, "legal")["id"]
        keycloak.put(f"/users/{user(keycloak, 'alice')}/groups/{second}").raise_for_status()
        place.until(lambda: "new group 'legal'" in place.issuer())
        assert place.me(place.token("alice"))["groups"] == ["finance"]
        keycloak.delete(f"/groups/{second}").raise_for_status()
        keycloak.put(f"/groups/{legal['id']}", json={"name": "legal"}).raise_for_status()
    place.until(lambda: place.issuer() == "")


def test_a_realm_without_our_roles_and_without_admin_events_is_told_with_the_remedy(place: Place) -> None:
    with place.realm.admin() as keycloak:
        keycloak.delete("/roles/auditor").raise_for_status()
        place.until(lambda: "no role auditor" in place.issuer())
        assert "realm.json" in place.issuer()
        keycloak.post("/roles", json={"name": "auditor"}).raise_for_status()
        place.until(lambda: place.issuer() == "")
        keycloak.put("", json={"realm": place.realm.name, "adminEventsEnabled": False}).raise_for_status()
        problems = place.company.admin.call("POST", "/api/directory/sync")["problems"]
        assert any("admin events" in problem for problem in problems)
        keycloak.put("", json={"realm": place.realm.name, "adminEventsEnabled": True}).raise_for_status()
        assert place.company.admin.call("POST", "/api/directory/sync")["problems"] == []


def test_a_name_that_a_local_account_has_stays_with_it(place: Place) -> None:
    place.company.admin.make("user", username="eve", password=LOCAL_PASSWORD)
    with place.realm.admin() as keycloak:
        given = {"credentials": [{"type": "password", "value": PASSWORD}], "email": "eve@example.com"}
        about = {"username": "eve", "enabled": True, "firstName": "Eve", "lastName": "Second"}
        keycloak.post("/users", json=about | given).raise_for_status()
        assert place.me(place.token("eve"))["reason"] == "unknown_account"
        assert "'eve' of Keycloak has the name of another" in place.issuer()
        keycloak.delete(f"/users/{user(keycloak, 'eve')}").raise_for_status()
    place.company.admin.call("POST", "/api/directory/sync")
    assert place.issuer() == ""


def test_people_of_keycloak_have_no_password_here(place: Place) -> None:
    for password in ("", PASSWORD):
        with pytest.raises(Refused) as refused:
            Http(place.company.system.base).login("alice", password)
        assert refused.value.status == 401


def test_while_keycloak_is_away_who_is_signed_in_goes_on_and_nobody_gets_more(place: Place) -> None:
    token, key = place.token("alice"), place.company.app("crm", "finance")
    place.relay.shut()
    try:
        place.until(lambda: place.issuer())
        assert "cannot be read" in place.issuer() or "cannot be reached" in place.issuer()
        assert place.me(token)["groups"] == ["finance"]
        assert place.me(key["key"])["name"] == key["name"]
        with place.realm.admin() as keycloak:
            bob, finance = user(keycloak, "bob"), group(keycloak, "finance")["id"]
            keycloak.put(f"/users/{bob}/groups/{finance}").raise_for_status()
        assert place.me(place.token("bob"))["groups"] == ["legal"]
        with pytest.raises(Refused) as refused:
            place.company.admin.call("POST", "/api/directory/sync")
        assert (refused.value.status, refused.value.reason) == (503, "issuer_unavailable")
    finally:
        place.relay.open = True
    place.until(lambda: place.me(place.token("bob"))["groups"] == ["finance", "legal"])
    place.until(lambda: place.issuer() == "")


def test_tokens_go_on_over_a_restart_while_keycloak_is_away(keycloak: Keycloak) -> None:
    """Until they end: what a restart must not do is to refuse everybody who is signed in."""
    realm = new_realm(keycloak)
    relay = Relay(int(keycloak.url.rpartition(":")[2]))
    inside = f"http://127.0.0.1:{relay.port}/realms/{realm.name}"
    with system(each=True, **STAND_INS, **settings_of(realm), issuer_url=inside) as running:
        here = Place(Company(running), realm, relay)
        here.until(lambda: any(user["username"] == "alice" for user in here.company.admin.every("user")))
        with realm.admin() as administration:
            administration.put("", json={"realm": realm.name, "accessTokenLifespan": 60}).raise_for_status()
        token = here.token("alice")
        assert here.me(token)["groups"] == ["finance"]
        relay.shut()
        plant = Plant(here.company, "")
        killed = plant.pid("auth")
        plant.kill("auth")
        here.until(lambda: plant.pid("auth") != killed)
        here.until(lambda: here.me(token).get("groups") == ["finance"])
        forged = f"{token.rpartition('.')[0]}.{'A' * 342}"
        assert here.me(forged)["reason"] == "unauthenticated"
    relay.end()


def test_an_issuer_that_is_away_at_the_start_is_named_and_found_as_soon_as_it_is_there(place: Place) -> None:
    relay = Relay(int(place.realm.url.rpartition(":")[2]))
    relay.shut()
    inside = f"http://127.0.0.1:{relay.port}/realms/{place.realm.name}"
    with system(**STAND_INS, **settings_of(place.realm), issuer_url=inside) as running:
        here = Place(Company(running), place.realm, relay)
        assert inside in here.issuer()
        refused = here.me(here.token("alice"))
        assert refused["reason"] == "issuer_unavailable"
        assert inside in refused["error"]
        logged = (running.home / "log" / "cloister.jsonl").read_text()
        assert any(inside in json.loads(line)["message"] for line in logged.splitlines())
        relay.open = True
        here.until(lambda: here.me(here.token("alice")).get("groups") == ["finance"])
        here.until(lambda: here.issuer() == "")
    relay.end()


@pytest.mark.parametrize(
    ("client", "secret", "word"),
    [
        ("cloister", "a wrong one", "Set CLOISTER_CLIENT_SECRET"),
        ("nobody", "x", "Set CLOISTER_CLIENT_SECRET"),
        ("erp", ERP_SECRET, "view-users"),
    ],
)
async def test_a_client_that_keycloak_does_not_take_is_told_with_the_remedy(
    keycloak: Keycloak, place: Place, client: str, secret: str, word: str
) -> None:
    settings = OidcSettings(issuer=place.realm.issuer, client=client, client_secret=SecretStr(secret))
    directory = KeycloakDirectory(settings)
    with pytest.raises(FAILURES) as failed:
        await directory.accounts()
    await directory.close()
    assert word in words(failed.value, client)


def test_the_doctor_says_what_is_wrong_with_the_realm(place: Place, tmp_path: Path) -> None:
    with place.realm.admin() as keycloak:
        keycloak.delete("/roles/reviewer").raise_for_status()
        place.until(lambda: "no role reviewer" in place.issuer())
        command = [Path(sys.executable).with_name("cloister"), "doctor", "--json", "--url", place.company.system.base]
        environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 1
        assert "no role reviewer" in done.stdout
        keycloak.post("/roles", json={"name": "reviewer"}).raise_for_status()
    place.until(lambda: place.issuer() == "")
