"""The values that we give to other people's charts, and the names that each chart has."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.kube.rendering import K8S

CHARTS = ("keda", "nats", "postgres", "qdrant")
HELM = re.compile(r"^# helm upgrade --install (\w+) \S+/\w+ --version (\S+) --namespace (\w+)", re.M)
GIB = {"Gi": 1 << 30, "Mi": 1 << 20, "GB": 1 << 30}  # GB as nats-server reads it


def text(chart: str) -> str:
    return (K8S / f"helm/{chart}.yaml").read_text()


def values(chart: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text(chart))
    return found


def names(given: Any, above: str = "") -> list[str]:
    if not isinstance(given, dict) or not given:
        return [above]
    return [name for key, below in given.items() for name in names(below, f"{above}.{key}" if above else str(key))]


def known(chart: str) -> list[str]:
    """The names that this version of the chart has."""
    charts = yaml.safe_load((Path(__file__).parent / "schemas/charts.yaml").read_text())
    command = HELM.search(text(chart))
    assert command
    return str(charts[f"{chart} {command[2]}"]).split()


def size(given: str) -> int:
    found = re.fullmatch(r"(\d+)(\w\w)", given)
    assert found, given
    return int(found[1]) * GIB[found[2]]
