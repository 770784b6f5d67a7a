"""People and groups of a real LDAP server, federated by a real Keycloak: they sign in, ask, change groups and leave."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bench.system import system
from tests.servers.keycloak import Keycloak, new_realm, settings_of
from tests.servers.ldap import BASE, MANAGER, PASSWORD, SECRET, Ldap, ldap_server
from tests.support.company import STAND_INS, Company

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def directory() -> Iterator[Ldap]:
    with ldap_server() as running:
        yield running


@pytest.fixture(scope="module")
def realm(keycloak: Keycloak, directory: Ldap) -> Keycloak:
    """As docs/identity.md says: a federation of users, and a mapper of groups."""
    made = new_realm(keycloak)
    with made.admin() as admin:
        parent = admin.get("").json()["id"]
        settings = {
            "vendor": "other", "connectionUrl": directory.url, "bindDn": MANAGER, "bindCredential": SECRET,
            "usersDn": f"ou=people,{BASE}", "usernameLDAPAttribute": "uid", "rdnLDAPAttribute": "uid",
            "uuidLDAPAttribute": "entryUUID", "userObjectClasses": "inetOrgPerson", "authType": "simple",
            "editMode": "READ_ONLY", "enabled": "true", "importEnabled": "true", "searchScope": "1",
            "pagination": "false",
            "cachePolicy": "MAX_LIFESPAN", "maxLifespan": "500",
        }  # fmt: skip
        federation = _component(admin, "ldap", "org.keycloak.storage.UserStorageProvider", parent, settings)
        groups = {
            "groups.dn": f"ou=groups,{BASE}", "group.name.ldap.attribute": "cn", "group.object.classes": "groupOfNames",
            "membership.ldap.attribute": "member", "membership.attribute.type": "DN", "mode": "READ_ONLY",
            "membership.user.ldap.attribute": "uid", "preserve.group.inheritance": "false", "groups.path": "/",
            "user.roles.retrieve.strategy": "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE",
            "drop.non.existing.groups.during.sync": "false",
        }  # fmt: skip
        kind = "org.keycloak.storage.ldap.mappers.LDAPStorageMapper"
        mapper = _component(admin, "group-ldap-mapper", kind, federation, groups)
        admin.post(f"/user-storage/{federation}/mappers/{mapper}/sync?direction=fedToKeycloak").raise_for_status()
        admin.post(f"/user-storage/{federation}/sync?action=triggerFullSync").raise_for_status()
    return made


def _component(admin: httpx.Client, provider: str, kind: str, parent: str, settings: dict[str, str]) -> str:
    config = {name: [value] for name, value in settings.items()}
    about = {"name": provider, "providerId": provider, "providerType": kind, "parentId": parent, "config": config}
    made = admin.post("/components", json=about)
    assert made.status_code == 201, made.text
    return made.headers["location"].rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def company(realm: Keycloak) -> Iterator[Company]:
    with system(**STAND_INS, **settings_of(realm)) as running:
        made = Company(running)
        for name in ("finance", "procurement"):
            made.admin.make("workspace", name=name)
            made.grant(name, f"group:{name}", "ask", "read")
        yield made


def me(company: Company, token: str) -> dict[str, Any]:
    head = {"Authorization": f"Bearer {token}"}
    found: dict[str, Any] = httpx.get(f"{company.system.base}/api/me", headers=head, timeout=30).json()
    return found


def workspaces(company: Company, token: str) -> list[str]:
    return [one["workspace"] for one in me(company, token)["workspaces"]]


def test_people_of_ldap_are_known_with_their_groups_before_they_sign_in(company: Company) -> None:
    company.until(lambda: {"lena", "ming", "omar"} <= set(people(company)), 20)
    found = people(company)
    assert found["lena"] == ["finance"]
    assert found["omar"] == ["procurement"]


def test_a_person_of_ldap_signs_in_with_that_password_and_has_the_group_s_rights(
    company: Company, realm: Keycloak
) -> None:
    lena, ming = (realm.sign_in(name, PASSWORD)["access_token"] for name in ("lena", "ming"))
    assert (me(company, lena)["id"], workspaces(company, lena)) == ("person:lena", ["finance"])
    assert workspaces(company, ming) == ["procurement"]


def test_who_changes_groups_or_leaves_in_ldap_is_followed_at_the_next_pass(
    company: Company, realm: Keycloak, directory: Ldap
) -> None:
    omar = realm.sign_in("omar", PASSWORD)["access_token"]
    dn = f"uid=omar,ou=people,{BASE}"
    directory.change(
        f"dn: cn=finance,ou=groups,{BASE}\nchangetype: modify\nadd: member\nmember: {dn}\n\n"
        f"dn: cn=procurement,ou=groups,{BASE}\nchangetype: modify\ndelete: member\nmember: {dn}\n"
    )
    company.until(lambda: _synced(company) and workspaces(company, omar) == ["finance"], 20)
    directory.change(f"dn: {dn}\nchangetype: delete\n")
    company.until(lambda: _synced(company) and me(company, omar).get("reason") == "unknown_account", 20)


def test_keycloak_takes_the_settings_for_active_directory_and_adds_its_mapper(keycloak: Keycloak) -> None:
    """As docs/identity.md says; there is no Active Directory here to ask."""
    with new_realm(keycloak).admin() as admin:
        settings = {
            "vendor": "ad", "connectionUrl": "ldaps://dc1.example.com", "bindDn": "CN=reader", "bindCredential": SECRET,
            "usersDn": "OU=Staff,DC=example,DC=com", "usernameLDAPAttribute": "sAMAccountName", "authType": "simple",
            "rdnLDAPAttribute": "cn", "uuidLDAPAttribute": "objectGUID", "editMode": "READ_ONLY", "enabled": "true",
            "userObjectClasses": "person, organizationalPerson, user", "importEnabled": "true",
            "cachePolicy": "MAX_LIFESPAN", "maxLifespan": "60000", "changedSyncPeriod": "60",
        }  # fmt: skip
        parent = admin.get("").json()["id"]
        federation = _component(admin, "ldap", "org.keycloak.storage.UserStorageProvider", parent, settings)
        groups = {
            "groups.dn": "OU=Departments,DC=example,DC=com", "group.name.ldap.attribute": "cn", "mode": "READ_ONLY",
            "group.object.classes": "group", "membership.ldap.attribute": "member", "membership.attribute.type": "DN",
            "preserve.group.inheritance": "false",
            "user.roles.retrieve.strategy": "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE_RECURSIVELY",
        }  # fmt: skip
        _component(
            admin, "group-ldap-mapper", "org.keycloak.storage.ldap.mappers.LDAPStorageMapper", federation, groups
        )
        mappers = {one["name"]: one for one in admin.get("/components", params={"parent": federation}).json()}
    assert mappers["MSAD account controls"]["config"]["always.read.enabled.value.from.ldap"] == ["true"]
    assert mappers["username"]["config"]["ldap.attribute"] == ["sAMAccountName"]


def people(company: Company) -> dict[str, list[str]]:
    return {user["username"]: user["groups"] for user in company.admin.every("user")}


def _synced(company: Company) -> bool:
    return bool(company.admin.call("POST", "/api/directory/sync"))
