"""Overlays rendered as an operator would, and read as objects."""

import json
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.registry import services

ROOT = Path(__file__).parent.parent.parent
K8S = ROOT / "k8s"
KUBECTL = str(Path(sys.executable).with_name("kubectl"))
OVERLAYS = tuple(sorted(path.name for path in (K8S / "overlays").iterdir()))
SERVICES = tuple(sorted(services()))
WORKLOADS = ("Deployment", "StatefulSet", "Job")
Object = dict[str, Any]


@cache
def text_of(folder: Path) -> str:
    """What `kubectl kustomize` prints."""
    done = subprocess.run([KUBECTL, "kustomize", str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, f"kustomize warns: {done.stderr}"
    return done.stdout


def objects_of(folder: Path) -> list[Object]:
    """One's own copy of what is in it."""
    found: list[Object] = json.loads(_as_json(folder))
    return found


@cache
def _as_json(folder: Path) -> str:
    # Read from YAML once, in C: in Python it takes a third of a second an overlay.
    return json.dumps([each for each in yaml.load_all(text_of(folder), yaml.CSafeLoader) if each])


def overlay(name: str) -> list[Object]:
    """All objects of `k8s/overlays/<name>`."""
    return objects_of(K8S / "overlays" / name)


def find(objects: Iterable[Object], kind: str, name: str) -> Object:
    """The one object of that kind and name."""
    (found,) = (each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name)
    return found


def of_kind(objects: Iterable[Object], *kinds: str) -> list[Object]:
    return [each for each in objects if each["kind"] in kinds]


def pod_of(workload: Object) -> Object:
    """The pod's specification."""
    spec: Object = workload["spec"]["template"]["spec"]
    return spec


def containers_of(workload: Object) -> list[Object]:
    """All containers of its pod, those that run first included."""
    pod = pod_of(workload)
    return [*pod.get("initContainers", ()), *pod["containers"]]


def container(workload: Object, name: str) -> Object:
    (found,) = (each for each in containers_of(workload) if each["name"] == name)
    return found


def settings_of(objects: Iterable[Object], workload: Object, name: str = "service") -> dict[str, str]:
    """The environment that a container gets, with labels and settings looked up."""
    found: dict[str, str] = {}
    given = {each["metadata"]["name"]: each["data"] for each in objects if each["kind"] == "ConfigMap"}
    for source in container(workload, name).get("envFrom", ()):
        found |= given[source["configMapRef"]["name"]]
    for each in container(workload, name).get("env", ()):
        found[each["name"]] = each["value"] if "value" in each else _looked_up(each["valueFrom"], workload, given)
    return found


def _looked_up(source: Object, workload: Object, given: dict[str, dict[str, str]]) -> str:
    if "configMapKeyRef" in source:
        return given[source["configMapKeyRef"]["name"]][source["configMapKeyRef"]["key"]]
    label = source.get("fieldRef", {}).get("fieldPath", "").removeprefix("metadata.labels['").removesuffix("']")
    return str(workload["spec"]["template"]["metadata"]["labels"].get(label, ""))
