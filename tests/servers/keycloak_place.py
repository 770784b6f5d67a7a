"""A Cloister that reaches its real Keycloak through a relay: for it alone Keycloak can be away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx

from bench.system import free_port, system
from client import Refused
from tests.servers.keycloak import TRUST, Keycloak, new_realm, settings_of
from tests.support.company import STAND_INS, Company
from tests.support.tcp_relay import Relay


@dataclass
class Place:
    """A Cloister that reaches its realm through a relay."""

    company: Company
    realm: Keycloak
    relay: Relay

    def me(self, token: str) -> dict[str, Any]:
        head = {"Authorization": f"Bearer {token}"}
        found: dict[str, Any] = httpx.get(
            f"{self.company.system.base}/api/me", headers=head, timeout=30, verify=TRUST
        ).json()
        return found

    def issuer(self) -> str:
        """What /readyz says of the issuer; it is ready all the same."""
        reply = httpx.get(f"{self.company.system.base}/readyz", timeout=30, verify=TRUST)
        assert reply.status_code == 200
        return str(reply.json()["problems"].get("auth.issuer", ""))

    def until(self, look: Callable[[], Any]) -> Any:
        return self.company.until(look, 15)

    def token(self, name: str) -> str:
        return str(self.realm.sign_in(name)["access_token"])


@contextmanager
def place_of(keycloak: Keycloak) -> Iterator[Place]:
    """With people of Keycloak, and what finance may."""
    port = free_port()
    realm = new_realm(keycloak, f"http://127.0.0.1:{port}")
    relay = Relay(int(keycloak.url.rpartition(":")[2]))
    inside = f"http://127.0.0.1:{relay.port}/realms/{realm.name}"
    values = {"issuer_url": inside, "http_port": str(port), "inference_slots": "4"}
    with system(**STAND_INS, **settings_of(realm), **values) as running:
        company = Company(running)
        company.until(lambda: _knows(company, "alice"))
        company.admin.make("workspace", name="finance")
        company.grant("finance", "group:finance", "ask", "read")
        yield Place(company, realm, relay)
    relay.end()


def _knows(company: Company, name: str) -> bool:
    """A busy machine answers with 503 while it starts."""
    with suppress(Refused):
        return name in [user["username"] for user in company.admin.every("user")]
    return False
