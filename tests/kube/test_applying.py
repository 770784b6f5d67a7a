"""Every overlay against a real API server, Pod Security enforced: refused or accepted, then applied."""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kube.plane import Cluster, until
from tests.kube.rendering import (
    K8S,
    OVERLAYS,
    ROOT,
    Object,
    find,
    objects_of,
    of_kind,
    overlay,
    pod_of,
    settings_of,
    text_of,
)

pytestmark = [pytest.mark.kube, pytest.mark.timeout(1800)]
DRY = "--dry-run=server"
CRDS = Path(__file__).parent / "schemas/keycloak-crds.yaml"


@pytest.fixture(scope="module")
def ours(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster with our namespace."""
    found = partial(cluster.kubectl, "get", check=False)
    until(lambda: "NotFound" in found("namespace", "cloister"), 90, "the end of the namespace")
    cluster.apply(yaml.safe_dump(find(overlay("dev"), "Namespace", "cloister")))
    until(lambda: "default" in found("serviceaccount", "default", "-n", "cloister", "-o", "name"), 30, "its account")
    yield cluster
    cluster.kubectl("delete", "namespace", "cloister", "--wait=false")


def test_every_overlay_is_accepted_and_its_pods_are_made(ours: Cluster) -> None:
    for name in OVERLAYS:
        ours.apply(text_of(K8S / "overlays" / name), DRY)
    for name in OVERLAYS:
        # No node runs it here: elsewhere it ends and goes by itself before the next version comes.
        ours.kubectl("delete", "job", "provision", "-n", "cloister", "--ignore-not-found")
        ours.apply(text_of(K8S / "overlays" / name), "--force-conflicts")
        for kind in ("Deployment", "StatefulSet"):
            for workload in of_kind(overlay(name), kind):
                until(lambda w=workload: pods_are_made(ours, w), 60, f"the pods of {workload['metadata']['name']}")
    refused = ours.kubectl("get", "events", "-n", "cloister", "--field-selector", "reason=FailedCreate", "-o", "yaml")
    assert not yaml.safe_load(refused)["items"], refused


def test_two_pools_scale_apart(ours: Cluster, tmp_path: Path) -> None:
    pools = two_pools(tmp_path / "pools")
    ours.kubectl("delete", "job", "provision", "-n", "cloister", "--ignore-not-found")
    ours.apply(text_of(pools), "--force-conflicts")
    for name, consumer in (("inference", "inference-default"), ("inference-large", "inference-large")):
        scaled = ours.get("scaledobject", name, "-n", "cloister")["spec"]
        assert scaled["scaleTargetRef"]["name"] == name
        assert scaled["triggers"][1]["metadata"]["consumer"] == consumer
    chosen = [
        tuple(sorted(each["spec"]["selector"]["matchLabels"].items()))
        for each in of_kind(objects_of(pools), "Deployment")
    ]
    assert len(set(chosen)) == len(chosen), "two Deployments choose the same pods"
    large = find(objects_of(pools), "Deployment", "inference-large")
    assert settings_of(objects_of(pools), large)["CLOISTER_POOLS"] == "default,large"
    assert settings_of(objects_of(pools), large)["CLOISTER_INFERENCE_POOL"] == "large"


def test_keycloak_and_the_keeper_of_models_are_accepted_too(ours: Cluster) -> None:
    ours.kubectl("apply", "--server-side", "-f", str(CRDS))
    ours.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    keycloak = objects_of(K8S / "keycloak")
    ours.apply(yaml.safe_dump(find(keycloak, "Namespace", "keycloak")))
    assert ours.apply(text_of(K8S / "keycloak")).count("serverside-applied") == len(keycloak)
    ours.apply(text_of(K8S / "models"), DRY)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("securityContext", "runAsNonRoot"), False),
        (("hostNetwork",), True),
        (("containers", 0, "securityContext", "allowPrivilegeEscalation"), True),
        (("containers", 0, "securityContext", "capabilities"), {"add": ["NET_ADMIN"]}),
        (("securityContext", "seccompProfile"), {"type": "Unconfined"}),
        (("volumes", 0), {"name": "home", "hostPath": {"path": "/"}}),
    ],
)
def test_a_pod_that_may_too_much_is_refused(ours: Cluster, path: tuple[str | int, ...], value: object) -> None:
    spec = pod_of(deepcopy(find(overlay("dev"), "Deployment", "dispatch"))) | {"serviceAccountName": "default"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "cloister"}, "spec": spec}
    ours.apply(yaml.safe_dump(pod), DRY)
    place: Any = spec
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    said = ours.kubectl("apply", "--server-side", DRY, "-f", "-", given=yaml.safe_dump(pod), check=False)
    assert 'violates PodSecurity "restricted:latest"' in said


def test_a_deployment_that_may_too_much_gets_no_pods_and_an_event_says_why(ours: Cluster) -> None:
    bold = deepcopy(find(overlay("dev"), "Deployment", "dispatch"))
    bold["metadata"]["name"] = "bold"
    pod_of(bold)["hostNetwork"] = True
    ours.apply(yaml.safe_dump(bold))
    words = ("get", "events", "-n", "cloister", "--field-selector", "reason=FailedCreate", "-o", "yaml")
    until(lambda: 'violates PodSecurity "restricted:latest"' in ours.kubectl(*words), 30, "the event")
    assert ours.get("deployment", "bold", "-n", "cloister")["status"].get("updatedReplicas", 0) == 0
    assert 'violates PodSecurity "restricted:latest"' in (ROOT / "docs/operators.md").read_text()


@pytest.mark.parametrize(
    ("kind", "old", "new", "why"),
    [
        ("ScaledObject", "pollingInterval", "polingInterval", ".spec.polingInterval: field not declared in schema"),
        ("ScaledObject", "maxReplicaCount: 4", "maxReplicaCount: many", "expected numeric"),
        ("ScaledObject", "minReplicaCount: 1", "minReplicaCount: 9", "minReplicaCount"),
        ("Deployment", "readinessProbe", "readynessProbe", "field not declared in schema"),
        ("NetworkPolicy", "podSelector", "podsSelector", "field not declared in schema"),
        ("Job", "backoffLimit: 3", "backoffLimit: '3'", "expected numeric"),
    ],
)
def test_a_slip_of_the_pen_is_refused(ours: Cluster, kind: str, old: str, new: str, why: str) -> None:
    text = yaml.safe_dump_all(of_kind(overlay("gpu"), kind))
    assert old in text
    said = ours.kubectl(
        "apply", "--server-side", "--validate=strict", DRY, "-f", "-", given=text.replace(old, new), check=False
    )
    assert why in said
    assert why.rpartition(": ")[2] in (ROOT / "docs/operators.md").read_text()


def pods_are_made(cluster: Cluster, workload: Object) -> bool:
    """At least one of the newest kind: the next follow when it is ready, which nothing is without a node."""
    there = cluster.get(workload["kind"], workload["metadata"]["name"], "-n", "cloister")
    return bool(
        there["status"].get("observedGeneration") == there["metadata"]["generation"]
        and there["status"].get("updatedReplicas", 0) >= 1
    )


def two_pools(folder: Path) -> Path:
    """With the very lines at the head of k8s/pools/large."""
    shutil.copytree(K8S, folder)
    head = (folder / "pools/large/kustomization.yaml").read_text().splitlines()
    own = [line.removeprefix("#   ") for line in head if line.startswith("#   ")]
    assert own, "its head says how"
    place = folder / "overlays/both"
    place.mkdir()
    (place / "kustomization.yaml").write_text("\n".join(own))
    return place
