"""Reads users, groups and roles from Keycloak's admin API."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakError, KeycloakGetError

from services.auth.settings import OidcSettings
from shared.errors import NotReady

ROLES = frozenset({"admin", "auditor", "reviewer", "manager", "member"})
AT_ONCE = 8
SECONDS = 5
T = TypeVar("T")
FAILURES = (KeycloakError, httpx.HTTPError, OSError)


@dataclass(frozen=True, slots=True)
class Account:
    """A user as Keycloak has it now; `groups` are the ids of its own groups."""

    subject: str
    username: str
    enabled: bool
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class KeycloakDirectory:
    """Every call may raise one of `FAILURES`."""

    def __init__(self, settings: OidcSettings) -> None:
        server, marker, realm = settings.url.rpartition("/realms/")
        if not marker or not realm or "/" in realm:
            raise NotReady(f"CLOISTER_ISSUER={settings.url!r} is no realm of Keycloak: it must end with /realms/NAME.")
        connection = KeycloakOpenIDConnection(
            server_url=f"{server}/",
            realm_name=realm,
            client_id=settings.client,
            client_secret_key=settings.client_secret.get_secret_value(),
            timeout=SECONDS,
        )
        self._admin = KeycloakAdmin(connection=connection)
        self._room = asyncio.Semaphore(AT_ONCE)

    async def accounts(self) -> list[Account]:
        """All of them; for each one two calls, eight at a time."""
        users = await self._admin.a_get_users({"briefRepresentation": True})
        found = await asyncio.gather(*(_found(self._account(user)) for user in users))
        return [account for account in found if account]

    async def account(self, subject: str) -> Account | None:
        """One of them, if there is one."""
        user = await _found(self._admin.a_get_user(subject))
        return await _found(self._account(user)) if user else None

    async def groups(self) -> dict[str, tuple[str, str]]:
        """The path without its leading slash and the parent's id, by id."""
        return dict(_flat(await self._admin.a_get_groups(full_hierarchy=True), ""))

    async def missing(self) -> list[str]:
        """What the realm lacks, in words with the remedy."""
        known = {role["name"] for role in await self._admin.a_get_realm_roles()}
        found = []
        if lacking := sorted(ROLES - known):
            found.append(f"The realm has no role {', '.join(lacking)}. Make them, as in infra/keycloak/realm.json.")
        realm = await self._admin.a_get_realm(self._admin.connection.realm_name or "")
        if not realm.get("adminEventsEnabled"):
            found.append("The realm keeps no admin events: changes are seen hourly. Switch them on in Realm settings.")
        if not realm.get("bruteForceProtected"):
            found.append("The realm does not protect against guessed passwords. Switch on brute force detection.")
        return found

    async def events(self, since: int) -> list[Mapping[str, Any]]:
        """Administrators' acts from that time on, in milliseconds of Keycloak's clock, oldest first."""
        found = await self._admin.a_get_admin_events({"dateFrom": str(since), "first": 0, "max": 200})
        return sorted(found, key=lambda event: int(event["time"]))

    async def newest(self) -> int:
        """When the newest act was, in milliseconds."""
        found = await self._admin.a_get_admin_events({"first": 0, "max": 1})
        return int(found[0]["time"]) if found else 0

    async def close(self) -> None:
        await self._admin.connection.aclose()

    async def _account(self, user: Mapping[str, Any]) -> Account:
        subject = str(user["id"])
        if not user.get("enabled"):
            return Account(subject, str(user["username"]), False)
        async with self._room:
            groups = await self._admin.a_get_user_groups(subject)
            roles = await self._admin.a_get_composite_realm_roles_of_user(subject)
        names = {str(role["name"]) for role in roles}
        inside = tuple(str(group["id"]) for group in sorted(groups, key=lambda group: str(group["path"])))
        return Account(subject, str(user["username"]), True, inside, tuple(sorted(names & ROLES)))


async def _found(asked: Awaitable[T]) -> T | None:
    """Nothing when it is gone by now: who leaves LDAP is still listed for a moment."""
    try:
        return await asked
    except KeycloakGetError as error:
        if error.response_code == 404:
            return None
        raise


def _flat(groups: Sequence[Mapping[str, Any]], parent: str) -> list[tuple[str, tuple[str, str]]]:
    found = []
    for group in groups:
        found.append((str(group["id"]), (str(group["path"]).lstrip("/"), parent)))
        found += _flat(group.get("subGroups") or (), str(group["id"]))
    return found


WRONG_SECRET = """Keycloak does not know the client {0} by this secret.
Set CLOISTER_CLIENT_SECRET to the one that Keycloak shows.""".replace("\n", " ")
NO_RIGHT = """Keycloak does not let {0} read its users.
Give its service account the roles view-users, view-realm and view-events of realm-management.""".replace("\n", " ")


def words(error: Exception, client: str) -> str:
    """What went wrong, with the remedy."""
    code = getattr(error, "response_code", None)
    if code in (400, 401):
        return WRONG_SECRET.format(client)
    if code == 403:
        return NO_RIGHT.format(client)
    why = str(error)[:200] or type(error).__name__
    return f"Keycloak's directory cannot be read ({why}). What is known goes on to hold."
