"""`python -m infra.secrets` prints all Kubernetes Secrets, each with only what its reader needs."""

import argparse
import json
import secrets
import sys
from pathlib import Path
from typing import Any

from infra.nats.certificates import make_certificates
from infra.nats.configuration import configuration
from infra.nats.keys import create_keys
from infra.tables import OWNERS
from shared.registry import outsider, services
from shared.security.privacy import keep_private
from shared.settings import settings

TLS = (("crt", "pem"), ("key", "key"))
READERS = (*services(), "provisioner")
# The parts that a server configured elsewhere includes; its addresses and storage are set there.
INCLUDED = (
    "accounts", "authorization", "max_control_line", "max_payload", "ping_interval", "ping_max", "system_account",
)  # fmt: skip


def main() -> int:
    """Print a List, or write files. Missing keys and passwords are created; existing ones are kept."""
    keep_private()
    parser = argparse.ArgumentParser(prog="python -m infra.secrets", description=__doc__)
    parser.add_argument("--namespace", default="cloister")
    parser.add_argument("--database", default="postgres:5432/cloister", help="host:port/name of PostgreSQL")
    parser.add_argument("--keycloak", metavar="NAMESPACE", help="print Keycloak's as well, for its namespace")
    parser.add_argument("--folder", type=Path, help="write a folder for each reader there, and print nothing")
    given, keys = parser.parse_args(), settings().keys_dir
    create_keys(keys)
    found = contents(keys, given.database, given.namespace)
    if given.folder:
        _write(given.folder, found)
        return 0
    places = dict.fromkeys(found, given.namespace) | dict.fromkeys(("keycloak", "keycloak-admin"), given.keycloak)
    items = [_secret(places[name], name, files) for name, files in found.items() if places[name]]
    print(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=1))
    return 0


def contents(keys: Path, database: str, namespace: str = "cloister") -> dict[str, dict[str, str]]:
    """Each Secret's name and its files."""
    make_certificates(keys, bus_names(namespace))
    found = {f"cloister-{name}": _of_service(keys, name, database) for name in READERS}
    whole = configuration(Path("/"), keys, 4222)
    found["nats-accounts"] = {"accounts.conf": json.dumps({name: whole[name] for name in INCLUDED}, indent=1)}
    found["nats-accounts"] |= {f"tls.{kind}": (keys / "tls" / f"nats.{end}").read_text() for kind, end in TLS}
    found["nats-accounts"]["ca.crt"] = (keys / "tls" / "ca.pem").read_text()
    found["metrics"] = {"token": password(keys, "metrics")}
    found["postgres"] = {"user": "cloister", "password": password(keys, "postgres")}
    found["qdrant"] = {"api-key": password(keys, "qdrant")}
    found["keycloak"] = {"username": "keycloak", "password": password(keys, "keycloak")}
    found["keycloak"]["client"] = password(keys, "keycloak-client")
    found["keycloak-admin"] = {"username": "admin", "password": password(keys, "keycloak-admin")}
    return found


def bus_names(namespace: str) -> tuple[str, ...]:
    """The host names of the bus, also between its own nodes."""
    wholes = (f"nats.{namespace}", f"nats.{namespace}.svc", f"nats.{namespace}.svc.cluster.local")
    return ("nats", "*.nats-headless", *wholes, *(name.replace("nats.", "*.nats-headless.", 1) for name in wholes))


def password(keys: Path, name: str) -> str:
    """A random password, created once and stored beside the keys."""
    path = keys / "passwords" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def _of_service(keys: Path, name: str, database: str) -> dict[str, str]:
    paths = [f"bus/{name}.seed", *(services().get(name) or outsider(name)).keys]
    found = {f"keys/{path}": (keys / path).read_text() for path in paths}
    found["keys/ca.pem"] = (keys / "tls" / "ca.pem").read_text()
    found["metrics-token"] = password(keys, "metrics")
    if name in OWNERS:
        found["database-url"] = _url(keys, f"cloister_{name}", name, database)
    if name == "auth":
        found["admin-password"] = password(keys, "admin")
        found["client-secret"] = password(keys, "keycloak-client")
    if name == "retrieval":
        found["vectors-key"] = password(keys, "qdrant")
    if name == "provisioner":
        found["database-url"] = _url(keys, "cloister", "postgres", database)
        urls = {owner: _url(keys, f"cloister_{owner}", owner, database) for owner in OWNERS}
        found["owners.json"] = json.dumps(urls, indent=1)
    return found


def _url(keys: Path, user: str, name: str, database: str) -> str:
    return f"postgresql+asyncpg://{user}:{password(keys, name)}@{database}"


def _secret(namespace: str, name: str, files: dict[str, str]) -> dict[str, Any]:
    about = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "cloister"}}
    data = {path.removeprefix("keys/").replace("/", "."): text for path, text in files.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": about, "type": "Opaque", "stringData": data}


def _write(folder: Path, found: dict[str, dict[str, str]]) -> None:
    """Write files that containers can read as any user; the folder above is closed to others."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    for name, files in found.items():
        for place, text in files.items():
            path = folder / name / place
            path.parent.mkdir(parents=True, exist_ok=True)
            for above in path.relative_to(folder).parents[:-1]:
                (folder / above).chmod(0o755)
            path.write_text(text)
            path.chmod(0o644)


if __name__ == "__main__":
    sys.exit(main())
