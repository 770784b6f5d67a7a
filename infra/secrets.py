"""`python -m infra.secrets` prints every Kubernetes Secret of a Cloister, each with only what its reader needs."""

import argparse
import json
import secrets
import sys
from pathlib import Path
from typing import Any

from infra.nats.configuration import configuration
from infra.nats.keys import make
from infra.tables import OWNERS
from shared.settings import settings

# Files below CLOISTER_KEYS; a service finds them again under the same names.
KEYS = {
    "gateway": ("answers/gateway.key", "answers/gateway.pub", "answers/inference.pub"),
    "auth": (
        "auth.key", "bus/callout.seed", "callout.issuer.seed", "callout.xkey.seed",
        "answers/gateway.pub", "answers/inference.pub",
    ),
    "ingestion": ("auth.pub",),
    "retrieval": ("auth.pub",),
    "dispatch": ("auth.pub",),
    "inference": ("auth.pub", "answers/inference.key"),
    "audit": ("auth.pub", "audit.salt"),
    "provisioner": (),
}  # fmt: skip
# What a server that is configured elsewhere includes; where it listens and stores is its own affair.
INCLUDED = (
    "accounts",
    "authorization",
    "max_control_line",
    "max_payload",
    "ping_interval",
    "ping_max",
    "system_account",
)


def main() -> int:
    """Prints a List; makes what keys and passwords are missing, and keeps those that are there."""
    parser = argparse.ArgumentParser(prog="python -m infra.secrets", description=__doc__)
    parser.add_argument("--namespace", default="cloister")
    parser.add_argument("--database", default="postgres:5432/cloister", help="host:port/name of PostgreSQL")
    parser.add_argument("--accounts", action="store_true", help="print the bus's accounts alone, for its `include`")
    given, keys = parser.parse_args(), settings().keys_dir
    make(keys)
    if given.accounts:
        print(accounts(keys))
        return 0
    items = [_secret(given.namespace, name, data) for name, data in contents(keys, given.database).items()]
    print(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=1))
    return 0


def accounts(keys: Path) -> str:
    """The part of the bus's configuration that says who may do what, as nats-server reads it."""
    whole = configuration(Path("/"), keys, 4222)
    return json.dumps({name: whole[name] for name in INCLUDED}, indent=1)


def contents(keys: Path, database: str) -> dict[str, dict[str, str]]:
    """Each Secret's name and its files."""
    found = {f"cloister-{name}": _of_service(keys, name, database) for name in KEYS}
    found["nats-accounts"] = {"accounts.conf": accounts(keys)}
    found["postgres"] = {"user": "cloister", "password": password(keys, "postgres")}
    found["qdrant"] = {"api-key": password(keys, "qdrant")}
    return found


def password(keys: Path, name: str) -> str:
    """A random one, made once and kept beside the keys."""
    path = keys / "passwords" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def _of_service(keys: Path, name: str, database: str) -> dict[str, str]:
    names = (f"bus/{name}.seed", *KEYS[name])
    found = {each.replace("/", "."): (keys / each).read_text() for each in names}
    if name in OWNERS:
        found["database-url"] = _url(keys, f"cloister_{name}", name, database)
    if name == "auth":
        found["admin-password"] = password(keys, "admin")
    if name == "retrieval":
        found["vectors-key"] = password(keys, "qdrant")
    if name == "provisioner":
        found["database-url"] = _url(keys, "cloister", "postgres", database)
        found |= {f"{owner}.database-url": _url(keys, f"cloister_{owner}", owner, database) for owner in OWNERS}
    return found


def _url(keys: Path, user: str, name: str, database: str) -> str:
    return f"postgresql+asyncpg://{user}:{password(keys, name)}@{database}"


def _secret(namespace: str, name: str, data: dict[str, str]) -> dict[str, Any]:
    about = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "cloister"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": about, "type": "Opaque", "stringData": data}


if __name__ == "__main__":
    sys.exit(main())
