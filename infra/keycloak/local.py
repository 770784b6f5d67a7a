"""`cloister up --keycloak`: a local Keycloak with the sample company's users, for evaluation."""

import asyncio
import json
import os
import secrets
import tomllib
from pathlib import Path
from typing import Any

from infra.keycloak.log_lines import as_json
from infra.keycloak.realm import realm
from infra.keycloak.server import command, environment, put_realm, ready
from infra.nats.server import free_port
from infra.ports import wait_until_free
from infra.processes import ChildProcess
from infra.secrets import password
from shared.errors import NotReady
from shared.settings import Settings

COMPANY = Path(__file__).parents[2] / "examples" / "company" / "company.toml"
PORT = 8080


async def start_keycloak(settings: Settings) -> ChildProcess:
    """Start Keycloak, create the realm, and set the environment of the services that start afterwards."""
    if os.environ.get("CLOISTER_ISSUER"):
        raise NotReady("CLOISTER_ISSUER names a Keycloak already. Leave out --keycloak, or unset it.")
    port = int(os.environ.get("CLOISTER_KEYCLOAK_PORT", PORT)) or free_port()
    await wait_until_free("127.0.0.1", port, "CLOISTER_KEYCLOAK_PORT")
    print("Starting Keycloak. The first start downloads it and takes a minute or two.", flush=True)
    first, store = password(settings.keys_dir, "keycloak-admin"), settings.home / "keycloak"
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    started = [*await asyncio.to_thread(command, port, free_port(), store), "--log-console-output=json"]
    child = ChildProcess("keycloak", started, settings.home, environment(first), transform=as_json)
    process = await child.start()
    url = f"http://127.0.0.1:{port}"
    try:
        await asyncio.to_thread(ready, url, lambda: process.returncode is None)
        await asyncio.to_thread(put_realm, url, first, _realm(settings))
    except NotReady as problem:
        await child.stop(10)
        raise NotReady(f"{problem} Its log is {child.log}.") from problem
    client = password(settings.keys_dir, "keycloak-client")
    os.environ |= {"CLOISTER_ISSUER": f"{url}/realms/cloister", "CLOISTER_CLIENT_SECRET": client}
    print(f"Keycloak is at {url}/admin (user `root`, password {first}).", flush=True)
    return child


def _realm(settings: Settings) -> dict[str, Any]:
    """The realm with the sample company's users."""
    public = f"http://{settings.http_host}:{settings.http_port}"
    values = {"CLOISTER_CLIENT_SECRET": password(settings.keys_dir, "keycloak-client")}
    values |= {"CLOISTER_PUBLIC_URL": public, "CLOISTER_BACKCHANNEL_URL": public}
    people = tomllib.loads(COMPANY.read_text(encoding="utf-8"))["people"]
    chosen = {person["username"]: f"{secrets.token_urlsafe(9)}!" for person in people}
    made = realm(values, ({**person, "password": chosen[person["username"]]} for person in people))
    for client in made["clients"]:
        if client["clientId"] == "cloister":
            client["redirectUris"].append(f"http://localhost:{settings.http_port}/auth/callback")
    _store_passwords(settings.home / "sample-passwords.json", chosen)
    return made


def _store_passwords(path: Path, chosen: dict[str, str]) -> None:
    """Store the sample users' passwords, unless an earlier start did."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(chosen, file, indent=1)
