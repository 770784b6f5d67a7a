"""A local account reads nothing of what Cloister keeps: neither while it runs, nor in a home that was open before."""

import ast
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import System, system
from shared.security.privacy import exposed, mend
from tests.support.company import STAND_INS, Company

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(
    path
    for folder in ("services", "shared", "client", "infra")
    for path in (ROOT / folder).rglob("*.py")
    if '__name__ == "__main__"' in path.read_text()
)


@pytest.fixture(scope="module")
def running() -> Iterator[System]:
    """Started by somebody whose own files are for all to read."""
    before = os.umask(0o022)
    try:
        with system(**STAND_INS, drain_seconds="1") as found:
            yield found
    finally:
        os.umask(before)


def open_to_others(home: Path) -> list[str]:
    every = [home, *home.rglob("*")]
    return [str(path) for path in every if not path.is_symlink() and stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_the_home_of_a_running_system_is_closed_with_its_databases_logs_traces_index_and_streams(
    running: System,
) -> None:
    company = Company(running)
    space = company.workspace("finance")
    assert company.paper(space, "limits.txt", "The hotel limit in Europe is 180 US dollars a night.")["chunks"]
    there = {path.name for path in running.home.rglob("*")}
    assert {"auth.db", "auth.db-wal", "nats.conf", "traces.jsonl", "keys", "log"} <= there
    assert open_to_others(running.home) == []


def test_a_home_that_was_open_is_closed_at_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "cloister.jsonl").write_text("secret")
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_text("somebody else's")
    (tmp_path / "link").symlink_to(outside)
    for path in (tmp_path, tmp_path / "log", tmp_path / "log" / "cloister.jsonl", outside):
        path.chmod(0o777)
    assert mend(tmp_path) == []
    assert open_to_others(tmp_path) == []
    assert list(exposed(tmp_path)) == []
    assert stat.S_IMODE(outside.stat().st_mode) == 0o777, "what a link points to is none of ours"


def test_doctor_complains_of_a_home_that_others_may_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    environment = os.environ | {"CLOISTER_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "client.cli.main", "doctor", "--json"]
    said = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert f"chmod -R go= {tmp_path}" in said


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_program_closes_what_it_makes(path: Path) -> None:
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }
    assert called & {"keep_private", "umask"}
