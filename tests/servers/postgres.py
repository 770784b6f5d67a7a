"""A fresh PostgreSQL on a free port, without disk syncs; the fixture is `postgres`, a URL for CLOISTER_DATABASE_URL."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.nats.server import free_port

DEBIAN = "/usr/lib/postgresql"


@contextmanager
def postgres_server() -> Iterator[str]:
    """A running server, whose files go with it."""
    home, port = Path(tempfile.mkdtemp(prefix="cloister-postgres-")), free_port()
    data = home / "data"
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(home, _user())
    _run("initdb", "-D", str(data), "-U", "cloister", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-p {port} -h 127.0.0.1 -k {home} -F"
    _run("pg_ctl", "-D", str(data), "-o", options, "-l", str(home / "log"), "-w", "start")
    try:
        yield f"postgresql+asyncpg://cloister@127.0.0.1:{port}/postgres"
    finally:
        _run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(home)


def _run(program: str, *arguments: str) -> None:
    user = _user() if os.geteuid() == 0 else None
    log = subprocess.DEVNULL
    subprocess.run([_find(program), *arguments], check=True, user=user, stdout=log, stdin=log, cwd="/")


def _user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _find(program: str) -> str:
    newest = sorted(Path(DEBIAN).glob(f"*/bin/{program}"), reverse=True)
    found = str(newest[0]) if newest else shutil.which(program)
    if found is None:
        pytest.fail(f"PostgreSQL's {program} is not installed: apt install postgresql, or add `-m 'not postgres'`")
    return found


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url
