"""The client as a package of its own: what is in it, what it needs, and that it asks a running system."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.company import Company
from tests.support.department import HOTEL, Department, finance

__all__ = ["finance"]
ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).with_name("uv"))
NEEDS = {"cloister-qa-client", "cryptography", "httpx", "nats-py", "pydantic"}
# What these four need themselves.
BELOW = {
    "annotated-types", "anyio", "certifi", "cffi", "h11", "httpcore", "idna", "pycparser", "pydantic-core",
    "typing-extensions", "typing-inspection",
}  # fmt: skip


def run(*words: object, **more: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, timeout=100, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--quiet", "--wheel", ROOT / "client", "--out-dir", folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an environment that has nothing but the wheel and what it needs."""
    home = tmp_path_factory.mktemp("empty") / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, home)
    run(UV, "pip", "install", "--quiet", "--python", home / "bin" / "python", wheel)
    return home / "bin" / "python"


def test_the_wheel_holds_the_client_its_types_and_the_messages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(ROOT).as_posix() for folder in ("client", "shared/events") for path in here(folder)}
    assert modules <= names
    assert {"client/py.typed", "shared/py.typed"} <= names
    assert {name.split("/")[0] for name in names if not name.startswith("cloister_qa_client")} == {"client", "shared"}
    assert {name for name in names if name.startswith("shared/") and "/events/" not in name} == {
        "shared/__init__.py", "shared/py.typed"
    }  # fmt: skip


def here(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).rglob("*.py") if not {"__pycache__", "hatch_build.py"} & {*path.parts}]


def test_it_needs_httpx_nats_pydantic_and_cryptography_alone(python: Path) -> None:
    listed = run(UV, "pip", "list", "--quiet", "--python", python, "--format", "freeze")
    found = {line.partition("==")[0].partition(" ")[0] for line in listed.splitlines()}
    assert NEEDS <= found <= NEEDS | BELOW


def test_an_example_asks_over_the_bus_with_the_wheel_alone(
    python: Path, cloister: Company, finance: Department
) -> None:
    app = cloister.app("crm", finance.name, bus=True)
    given = {
        "CLOISTER_BUS": cloister.system.nats_url, "CLOISTER_CLIENT": app["name"], "CLOISTER_KEY": app["key"],
        "CLOISTER_WORKSPACE": finance.name,
    }  # fmt: skip
    told = run(python, ROOT / "examples" / "publish" / "ask.py", HOTEL, **given)
    assert "] Overseas Travel Policy.docx, page 1" in told


def test_an_example_asks_over_http_without_and_with_asyncio(
    python: Path, cloister: Company, finance: Department
) -> None:
    given = {"CLOISTER_URL": cloister.system.base, "CLOISTER_KEY": finance.alice.token or ""}
    told = run(python, ROOT / "examples" / "publish" / "ask_http.py", HOTEL, **given)
    assert told.count("Overseas Travel Policy.docx, page 1") == 2


def test_the_command_says_what_to_install(python: Path) -> None:
    done = subprocess.run([python.with_name("cloister")], capture_output=True, text=True, check=False)
    assert (done.returncode, "'….whl[cli]'" in done.stderr) == (1, True)
