"""Fetches Keycloak by Maven, which checks it, and builds it for quick starts."""

import fcntl
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import NotReady

VERSION = "26.7.3"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
NEEDED = (
    "Keycloak needs {0}, which is not here. Install a JDK 17 or newer and Maven, or set CLOISTER_ISSUER to a Keycloak."
)


def cache() -> Path:
    """The cache folder, shared by all homes of this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cloister" / "keycloak"


def program() -> Path:
    """`kc.sh` of the built distribution; the first call fetches 180 MB and takes about a minute."""
    found = cache() / f"keycloak-{VERSION}" / "bin" / "kc.sh"
    with _lock():
        if not found.exists():
            _unpack(_fetch(), found.parents[1])
    return found


@contextmanager
def _lock() -> Iterator[None]:
    """A lock: one process fetches while others wait."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch() -> Path:
    found = cache() / f"keycloak-quarkus-dist-{VERSION}.zip"
    if not found.exists():
        _run("mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={cache()}")
    return found


def _unpack(archive: Path, to: Path) -> None:
    draft = cache() / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    with zipfile.ZipFile(archive) as files:
        for each in files.infolist():
            path = Path(files.extract(each, draft))
            if mode := each.external_attr >> 16:
                path.chmod(mode)
    # Building once for the database and health probes halves the time of each start.
    _run(str(draft / to.name / "bin" / "kc.sh"), "build", "--db=dev-file", "--health-enabled=true")
    (draft / to.name).replace(to)


def _run(*command: str) -> None:
    if shutil.which(command[0]) is None:
        raise NotReady(NEEDED.format(command[0]))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotReady(f"`{' '.join(command[:3])}` ended with {done.returncode}: {(done.stdout + done.stderr)[-400:]}")
