"""A real Keycloak for the tests, started once a run, and people who sign in to it as a browser would."""

import html
import os
import re
import secrets
import subprocess
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from client.sdk.transport import authorities
from infra.keycloak.realm import realm
from infra.keycloak.server import command, environment, put_realm, ready
from infra.nats.server import free_port

PASSWORD = "a password for Keycloak"
TRUST = authorities(False)  # each client would read it anew, in 20 ms
PUBLIC_URL = "http://127.0.0.1:1"
PEOPLE = (
    {"username": "alice", "groups": ["finance"]},
    {"username": "bob", "groups": ["legal"]},
    {"username": "ivy", "roles": ["auditor"]},
    {"username": "root-of-all", "roles": ["admin"]},
)
ERP_SECRET = "erp-secret"
VALUES = {"CLOISTER_CLIENT_SECRET": "the client's own secret"}


@dataclass
class Keycloak:
    """A realm of its own on the server that all tests of a run share."""

    url: str
    name: str
    process: subprocess.Popen[bytes] | None = field(repr=False)

    @property
    def issuer(self) -> str:
        return f"{self.url}/realms/{self.name}"

    def admin(self) -> httpx.Client:
        """The realm's administration, with the right to do anything."""
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "root", "password": PASSWORD}
        token = httpx.post(
            f"{self.url}/realms/master/protocol/openid-connect/token", data=form, timeout=30, verify=TRUST
        ).json()
        head = {"Authorization": f"Bearer {token['access_token']}"}
        return httpx.Client(base_url=f"{self.url}/admin/realms/{self.name}", headers=head, timeout=30, verify=TRUST)

    def service_token(self, client: str = "erp", secret: str = ERP_SECRET) -> dict[str, Any]:
        """A business system's own token."""
        return self._token({"grant_type": "client_credentials"}, client, secret)

    def sign_in(self, username: str, password: str = PASSWORD, client: str = "cloister") -> dict[str, Any]:
        """A person's tokens, by the authorization code flow with PKCE and Keycloak's own form."""
        verifier, back = secrets.token_urlsafe(48), f"{PUBLIC_URL}/auth/callback"
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"client_id": client, "response_type": "code", "redirect_uri": back, "scope": "openid", "state": "s"}
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        with httpx.Client(timeout=30, verify=TRUST) as browser:
            page = browser.get(f"{self.issuer}/protocol/openid-connect/auth", params=asked)
            where = fill(browser, page, username, password)
        form = {"grant_type": "authorization_code", "code": where["code"], "redirect_uri": back}
        return self._token(form | {"code_verifier": verifier}, client, VALUES["CLOISTER_CLIENT_SECRET"])

    def _token(self, form: dict[str, str], client: str, secret: str) -> dict[str, Any]:
        head = form | {"client_id": client, "client_secret": secret}
        reply = httpx.post(f"{self.issuer}/protocol/openid-connect/token", data=head, timeout=30, verify=TRUST)
        found: dict[str, Any] = reply.raise_for_status().json()
        return found


def fill(browser: httpx.Client, page: httpx.Response, username: str, password: str) -> dict[str, str]:
    """Send Keycloak's sign-in form; the parameters of the redirect that follows."""
    action = re.search(r'action="([^"]+)"', page.text)
    assert action, page.text[:500]
    # Its cookies are `Secure`, which a browser keeps for loopback and httpx does not.
    kept = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    sent = {"username": username, "password": password}
    reply = browser.post(html.unescape(action[1]), data=sent, headers={"Cookie": kept})
    assert reply.status_code == 302, reply.text[:2000]
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["location"]).query).items()}


@contextmanager
def server() -> Iterator[Keycloak]:
    """Running, with the realm `master` alone; one that runs already when CLOISTER_TEST_KEYCLOAK names it."""
    if url := os.environ.get("CLOISTER_TEST_KEYCLOAK"):
        yield Keycloak(url, "master", None)
        return
    port, management = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="cloister-keycloak-") as folder, (Path(folder) / "log").open("wb") as log:
        process = subprocess.Popen(
            command(port, management, None), env=environment(PASSWORD), stdout=log, stderr=log, start_new_session=True
        )
        try:
            url = f"http://127.0.0.1:{port}"
            ready(url, lambda: process.poll() is None)
            yield Keycloak(url, "master", process)
        finally:
            process.terminate()
            process.wait(20)


def new_realm(on: Keycloak, public_url: str = PUBLIC_URL) -> Keycloak:
    """Cloister's realm under a name of its own, with the tests' people."""
    made = realm(
        VALUES | {"CLOISTER_PUBLIC_URL": public_url, "CLOISTER_BACKCHANNEL_URL": public_url},
        ({**one, "password": PASSWORD} for one in PEOPLE),
    )
    made["realm"] = name = f"cloister-{secrets.token_hex(4)}"
    for user in made["users"]:
        user.pop("id", None)
    for client in made["clients"]:
        if client["clientId"] == "erp":
            client["secret"] = ERP_SECRET
        if client["clientId"] == "cloister":
            client["redirectUris"].append(f"{PUBLIC_URL}/auth/callback")
    assert put_realm(on.url, PASSWORD, made)
    return Keycloak(on.url, name, on.process)


def settings_of(on: Keycloak) -> dict[str, str]:
    """What switches it on, as CLOISTER_…"""
    secret = VALUES["CLOISTER_CLIENT_SECRET"]
    return {"issuer": on.issuer, "client_secret": secret, "directory_events_seconds": "0.3"}
