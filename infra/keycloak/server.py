"""The command that starts a local Keycloak, and the creation of its realm over its API."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from infra.keycloak.distribution import program
from shared.errors import NotReady

START_SECONDS = 180  # the first start creates its tables: 10 s on an idle machine, a minute on a busy one
OPTIONS = "NON_KEYWORDS=VALUE;DB_CLOSE_DELAY=-1"


def command(port: int, management: int, store: Path | None) -> list[str]:
    """Listens on loopback only. Its tables are in the folder `store`, or in memory."""
    database = f"file:{store.absolute() / 'keycloak'}" if store else "mem:keycloak"
    return [
        str(program()),
        "start",
        "--optimized",
        "--http-enabled=true",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        f"--http-management-port={management}",
        f"--hostname=http://127.0.0.1:{port}",
        "--hostname-backchannel-dynamic=false",
        f"--db-url=jdbc:h2:{database};{OPTIONS}",
        "--cache=local",
    ]


def environment(password: str) -> dict[str, str]:
    """The environment, with `root` as the first administrator of the realm `master`."""
    first = {"KC_BOOTSTRAP_ADMIN_USERNAME": "root", "KC_BOOTSTRAP_ADMIN_PASSWORD": password}
    # The quick compiler alone: a start takes half the CPU (28 to 14 s), which a few people never earn back.
    java = f"{os.environ.get('JAVA_OPTS_APPEND', '')} -XX:TieredStopAtLevel=1".strip()
    return dict(os.environ) | first | {"JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m", "JAVA_OPTS_APPEND": java}


def ready(url: str, alive: Callable[[], bool]) -> None:
    """Return when it answers; `NotReady` if it exits or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and alive():
        try:
            if httpx.get(f"{url}/realms/master", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise NotReady(f"Keycloak at {url} did not start in {START_SECONDS} s, or ended. See its log.")


def put_realm(url: str, password: str, realm: Mapping[str, Any]) -> bool:
    """Create the realm unless it exists; returns whether it was created."""
    with httpx.Client(base_url=url, timeout=60) as http:
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "root", "password": password}
        token = http.post("/realms/master/protocol/openid-connect/token", data=form).raise_for_status().json()
        made = http.post("/admin/realms", json=realm, headers={"Authorization": f"Bearer {token['access_token']}"})
        if made.status_code not in (201, 409):
            raise NotReady(f"Keycloak refuses the realm ({made.status_code}): {made.text[:400]}")
        return made.status_code == 201
