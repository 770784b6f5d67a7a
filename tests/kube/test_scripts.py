"""The scripts of infra do what they say, each with stand-ins for what it calls."""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.kube.plane import until
from tests.kube.rendering import ROOT
from tests.servers.postgres import postgres_server

SECRETS = {
    "keycloak/password": "it's \"quoted\" $HOME", "keycloak/client": "client", "keycloak-admin/username": "admin",
    "keycloak-admin/password": "secret",
}  # fmt: skip


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for place, text in SECRETS.items():
        path = tmp_path / "secrets" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "secrets"


def run(script: str, folder: Path, **environment: str) -> str:
    """The script with `/run/secrets` and Keycloak's folder where a test may write."""
    text = (ROOT / "infra" / script).read_text()
    text = text.replace("/run/secrets", str(folder / "secrets")).replace("/opt/keycloak", str(folder))
    shell = text.splitlines()[0].removeprefix("#!")
    given = os.environ | environment | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run([shell], input=text, env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def stand_in(folder: Path, name: str, text: str) -> None:
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/bash\n{text}\n")
    program.chmod(0o755)


def test_keycloak_starts_with_its_secrets_and_its_realm(tmp_path: Path, secrets: Path) -> None:
    names = "KC_DB_PASSWORD CLOISTER_CLIENT_SECRET KC_BOOTSTRAP_ADMIN_USERNAME KC_BOOTSTRAP_ADMIN_PASSWORD"
    stand_in(tmp_path, "kc.sh", f'echo "$@"; for name in {names}; do printenv $name; done')
    assert run("keycloak/start.sh", tmp_path).splitlines() == ["start --import-realm", *SECRETS.values()]


def test_every_model_is_fetched_and_the_server_ends(tmp_path: Path) -> None:
    calls, end = tmp_path / "calls", tmp_path / "ended"
    serve = f'trap "touch {end}; exit" TERM; touch {tmp_path}/up; while :; do sleep 0.05; done'
    other = f'[ -e {tmp_path}/up ] || exit 1; echo "$@" >> {calls}'
    stand_in(tmp_path, "ollama", f"if [ $1 = serve ]; then {serve}; fi; {other}")
    run("ollama/fetch.sh", tmp_path, CLOISTER_MODELS="qwen3:14b bge-m3")
    assert [line for line in calls.read_text().splitlines() if line != "list"] == ["pull qwen3:14b", "pull bge-m3"]
    until(end.exists, 5, "the server's end")


@pytest.mark.postgres
def test_keycloak_gets_a_user_and_a_database_of_its_own(tmp_path: Path, secrets: Path) -> None:
    with postgres_server() as url:
        found = urlsplit(url)
        own = {"PGHOST": str(found.hostname), "PGPORT": str(found.port), "PGDATABASE": "postgres"}
        run("postgres/keycloak.sh", tmp_path, POSTGRES_USER="cloister", **own)
        ask = ["psql", "-U", "keycloak", "-d", "keycloak", "-Atc"]
        query = "SELECT pg_get_userbyid(datdba), current_user FROM pg_database WHERE datname = current_database()"
        said = subprocess.run([*ask, query], env=os.environ | own, capture_output=True, text=True, check=True).stdout
        assert said.strip() == "keycloak|keycloak"
