"""Nobody is sent to a package of somebody else: `cloister` on the public index is not ours."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLS = re.compile(
    r"(?:pip3?|pipx|uv|uvx|poetry|pdm|conda)\s+(?:tool\s+)?(?:install|add|run|download|x)?\s*(?:-\S+\s+)*['\"`]?cloister(?:-qa)?\b(?!/)"
)
PYPROJECT, CLIENT = (tomllib.loads((ROOT / f"{place}pyproject.toml").read_text()) for place in ("", "client/"))


def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and name != "uv.lock"]


def test_no_file_tells_to_install_cloister_from_an_index() -> None:
    found = []
    for path in files():
        if path == Path(__file__) or not path.exists():
            continue
        for line in path.read_bytes().decode(errors="replace").splitlines():
            found += [f"{path.name}: {line.strip()}"] if INSTALLS.search(line) else []
    assert found == []


@pytest.mark.parametrize(
    "words", ["pip install 'cloister[ocr]'", "uv tool install cloister", "pipx install cloister", "uvx cloister ask"]
)
def test_the_look_above_would_see_it(words: str) -> None:
    assert INSTALLS.search(words)


def test_the_distribution_has_a_name_of_its_own_and_the_command_keeps_its_own() -> None:
    assert PYPROJECT["project"]["name"] == "cloister-qa"
    assert CLIENT["project"]["name"] == "cloister-qa-client"
    assert list(CLIENT["project"]["scripts"]) == ["cloister"]
