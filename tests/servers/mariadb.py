"""A fresh MariaDB on a free port; the fixture is `mariadb`, its port. `root` has no password."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql
import pytest

from infra.nats.server import free_port

SECONDS = 60
FAST = (
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=64M",
    "--performance-schema=OFF",
)


@contextmanager
def mariadb_server() -> Iterator[int]:
    """A running server, whose files go with it."""
    home, port = Path(tempfile.mkdtemp(prefix="cloister-mariadb-")), free_port()
    user = ["--user=mysql"] if os.geteuid() == 0 else []  # it refuses to run as root without being told
    if user:
        shutil.chown(home, "mysql")
    data = f"--datadir={home / 'data'}"
    make = ["mariadb-install-db", "--no-defaults", data, "--auth-root-authentication-method=normal", *user]
    subprocess.run([_found(make[0]), *make[1:]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    start = [_found("mariadbd"), "--no-defaults", data, f"--port={port}", "--bind-address=127.0.0.1"]
    start += [f"--socket={home / 's'}", f"--log-error={home / 'log'}", "--local-infile=0", *FAST, *user]
    process = subprocess.Popen(start)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root").close()
            return
        except pymysql.MySQLError:
            time.sleep(0.1)
    pytest.fail("MariaDB does not start")


def _found(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.fail(f"{program} is not here: apt-get install mariadb-server")
    return found


@pytest.fixture(scope="module")
def mariadb() -> Iterator[int]:
    with mariadb_server() as port:
        yield port
