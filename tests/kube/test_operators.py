"""docs/operators.md is true: its tables are the manifests' values, and its commands work."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kube.charts import CHARTS
from tests.kube.plane import Cluster, until
from tests.kube.rendering import KUBECTL, OVERLAYS, ROOT
from tests.kube.values import PAGE, POOL, written

TEXT = PAGE.read_text()
# These want a node, a registry or the world outside.
ELSEWHERE = ("docker ", "helm ", "make ", "kubectl wait ", "kubectl cp ", "kubectl logs ", "kubectl rollout status ")
PARTS = (".venv", "infra", "k8s", "services", "shared")


def lines() -> list[str]:
    return [line for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.S | re.M) for line in block.splitlines()]


def test_its_tables_are_what_the_manifests_say() -> None:
    assert written(TEXT) == TEXT, "run `make docs`"
    assert TEXT.count("\n| `CLOISTER_") > 20
    assert all(f"| `{name}` |" in TEXT for name in POOL)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_installed_as_its_values_say(chart: str) -> None:
    command = (ROOT / f"k8s/helm/{chart}.yaml").read_text().splitlines()[0].removeprefix("# ")
    assert command in lines()
    assert [line for line in lines() if line.startswith(f"helm repo add {command.split()[4].split('/')[0]} https://")]


def test_a_server_s_commands_are_those_at_the_head_of_its_file() -> None:
    head = (ROOT / "infra/compose.yaml").read_text().splitlines()[1:4]
    wanted = [line.removeprefix("#").strip().replace(" python ", " .venv/bin/python ") for line in head]
    assert len(wanted) == 3
    assert set(wanted) <= set(lines())


def test_it_speaks_of_every_overlay_and_of_nothing_that_is_not_there() -> None:
    assert all(f"`{name}`" in TEXT for name in OVERLAYS)
    made = ("infra/keys", "infra/secrets")
    for path in re.findall(r"(?<![\w./])(?:k8s|infra)/[\w./-]+[\w]", TEXT):
        assert (ROOT / path).exists() or path in made, path


def test_every_command_that_needs_a_node_is_one_of_few() -> None:
    here = [line for line in lines() if not line.startswith(ELSEWHERE)]
    assert len(here) > 12
    assert all(
        re.match(r"kubectl |export |CLOISTER_KEYS=\S+ \.venv/bin/python |\.venv/bin/python ", line) for line in here
    )


@pytest.mark.kube
@pytest.mark.timeout(300)
def test_every_other_command_works(cluster: Cluster, tmp_path: Path) -> None:
    gone = ("get", "namespace", "cloister")
    until(lambda: "NotFound" in cluster.kubectl(*gone, check=False), 90, "the end of the namespace")
    for name in ("ingress-nginx", "monitoring"):
        cluster.kubectl("create", "namespace", name)
    try:
        for line in (line for line in lines() if not line.startswith(ELSEWHERE)):
            if not line.startswith("export"):
                check(cluster, checkout(tmp_path), line)
    finally:
        cluster.kubectl("delete", "namespace", "cloister", "--wait=false", "--ignore-not-found")


def checkout(folder: Path) -> Path:
    """The project's files in a place where a command may write."""
    place = folder / "cloister"
    if not place.exists():
        place.mkdir()
        (place / ".venv").symlink_to(ROOT / ".venv")
        for part in PARTS[1:]:
            shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def check(cluster: Cluster, place: Path, line: str) -> None:
    path = f"{Path(KUBECTL).parent}:{os.environ['PATH']}"
    own = {"PATH": path, "KUBECONFIG": str(cluster.config), "CLOISTER_KEYS": str(place / "keys"), "HOME": str(place)}
    command = ["bash", "-euo", "pipefail", "-c", line]
    done = subprocess.run(command, cwd=place, env=os.environ | own, capture_output=True, text=True)
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert "Warning" not in done.stderr, f"{line}\n{done.stderr}"
    cluster.say(line)
