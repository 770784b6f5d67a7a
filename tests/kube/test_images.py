"""Every image: of one version, and listed in one place for those who fetch them beforehand."""

import re
from collections.abc import Iterator

import pytest
import yaml

from tests.kube.rendering import (
    K8S,
    OVERLAYS,
    ROOT,
    WORKLOADS,
    containers_of,
    find,
    objects_of,
    of_kind,
    overlay,
)  # fmt: skip

LIST = K8S / "overlays/airgap/images.txt"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PINNED = re.compile(r"^[\w.-]+\.\w+(/[\w.-]+)+:v?\d[\w.-]+$")


def listed() -> list[str]:
    return [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]


def used() -> Iterator[str]:
    """Every image that something of ours names, as it is named there."""
    for name in ("dev", "gpu"):
        for workload in of_kind(overlay(name), *WORKLOADS):
            yield from (each["image"] for each in containers_of(workload))
    for workload in of_kind(objects_of(K8S / "pools/large"), "Deployment"):
        yield from (each["image"] for each in containers_of(workload))
    yield objects_of(K8S / "models")[0]["spec"]["containers"][0]["image"]
    yield find(objects_of(K8S / "keycloak"), "Keycloak", "keycloak")["spec"]["image"]
    compose = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())
    yield from (each["image"] for each in compose["services"].values())
    yield from re.findall(r"^ARG \w+=(\S+:\S+)$", DOCKERFILE, re.M)


def charts() -> Iterator[str]:
    """The images that values of a chart name, put together as the chart does."""
    for name in ("nats", "postgres", "qdrant", "keda"):
        values = yaml.safe_load((K8S / f"helm/{name}.yaml").read_text())
        images = values.get("image") or values["container"]["image"]
        for each in images.values() if name == "keda" else (images,):
            if isinstance(each, dict):
                registry = each.get("registry") or values.get("global", {}).get("image", {}).get("registry", "")
                tail = "-unprivileged" if each.get("useUnprivilegedImage") else ""
                yield f"{registry}/{each['repository']}:{each['tag']}{tail}".lstrip("/")


def test_every_image_is_in_the_list_and_the_list_has_no_other() -> None:
    found = {image for image in (*used(), *charts()) if not re.match(r"cloister:|\$\{CLOISTER_IMAGE", image)}
    keycloak = next(image for image in listed() if "/keycloak:" in image)
    # The operator makes the Keycloak of its own version.
    assert set(listed()) == found | {keycloak.replace("/keycloak:", "/keycloak-operator:")}
    assert listed() == list(dict.fromkeys(listed()))


def test_every_image_names_its_registry_and_its_version() -> None:
    assert [image for image in listed() if not PINNED.match(image)] == []


def test_an_image_has_the_same_version_wherever_it_runs() -> None:
    versions: dict[str, set[str]] = {}
    for image in (*used(), *charts()):
        if image.startswith(("docker.io", "quay.io", "ghcr.io")):
            versions.setdefault(image.rpartition(":")[0], set()).add(image)
    assert [images for images in versions.values() if len(images) > 1] == []


def test_behind_the_gap_every_image_comes_from_one_registry() -> None:
    (registry,) = {image.split("/")[0] for image in gapped()}
    there = {image.partition("/")[2] for image in listed()}
    assert {image.partition("/")[2] for image in gapped()} <= there
    charts = yaml.safe_load((K8S / "helm/airgap.yaml").read_text())
    assert charts == {"global": {"image": {"registry": registry}}, "image": {"registry": registry}}
    assert f"--set image.repository={registry}/qdrant/qdrant" in (K8S / "helm/airgap.yaml").read_text()


def gapped() -> list[str]:
    return [each["image"] for workload in of_kind(overlay("airgap"), *WORKLOADS) for each in containers_of(workload)]


def test_behind_the_gap_nothing_else_differs() -> None:
    def without(name: str) -> str:
        return re.sub(r"image: \S+", "image", yaml.safe_dump(overlay(name)))

    assert without("airgap") == without("gpu")


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_image_is_taken_from_the_node_when_it_is_there(name: str) -> None:
    for workload in of_kind(overlay(name), "Deployment", "Job"):
        for each in containers_of(workload):
            assert each["name"] == "ollama" or each["imagePullPolicy"] == "IfNotPresent"
