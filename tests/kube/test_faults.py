"""What an operator sees when scaling is set up wrongly; docs/operators.md says the same."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
import yaml

from infra.nats.server import free_port
from tests.kube.plane import Cluster, until
from tests.kube.rendering import ROOT, Object, find, objects_of, of_kind
from tests.kube.shortened import Numbers, shortened
from tests.servers.bus import nats_server

pytestmark = [pytest.mark.kube, pytest.mark.timeout(1800)]
NUMBERS = Numbers()
# What is changed in which triggers, and what then is in an event; the pool falls back.
TRIGGERS = {
    "wrong-pool": ({"consumer": "inference-nosuch"}, (1,), 'consumer "inference-nosuch" not found in stream "QUERIES"'),
    "no-stream": ({"stream": "NOPE"}, (0,), 'consumer "dispatch" not found in stream "NOPE"'),
    "wrong-account": ({"account": "NOBODY"}, (0, 1), 'consumer "dispatch" not found in stream "QUERIES"'),
    "monitoring-away": ({"natsServerMonitoringEndpoint": "127.0.0.1:1"}, (0, 1), "connection refused"),
}
# What never begins to work.
NEVER = {"not-a-number": 'unable to set param "lagThreshold" value "eight"', "no-deployment": "not found"}


@pytest.fixture(scope="module")
def pools(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A pool for each fault, all beside a bus that has its streams and no questions."""
    folder = tmp_path_factory.mktemp("faults")
    gone = "NotFound"
    until(lambda: gone in cluster.kubectl("get", "namespace", "cloister", check=False), 90, "the end of the namespace")
    monitoring = f"127.0.0.1:{free_port()}"
    with nats_server(folder / "bus", changes={"http": monitoring}):
        objects = objects_of(shortened(folder / "overlay", NUMBERS, monitoring))
        cluster.apply(yaml.safe_dump_all(of_kind(objects, "Namespace", "ConfigMap", "ServiceAccount")))
        for name in ("as-it-is", *TRIGGERS, *NEVER):
            cluster.apply(yaml.safe_dump_all(pool(objects, name)))
        yield cluster
    cluster.kubectl("delete", "namespace", "cloister", "--wait=false")


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_pool_that_cannot_count_falls_back_and_says_why(pools: Cluster, name: str) -> None:
    until(lambda: condition(pools, name, "Fallback")["status"] == "True", 60, "the fallback")
    until(lambda: replicas(pools, name) == NUMBERS.fallback, 60, f"{NUMBERS.fallback} workers")
    said = TRIGGERS[name][2]
    assert any(said in message for message in events(pools, name)), events(pools, name)
    assert said.split('"')[0].strip() in documented()


@pytest.mark.parametrize("name", NEVER)
def test_a_pool_that_cannot_begin_is_not_ready_and_stays_as_it_is(pools: Cluster, name: str) -> None:
    until(lambda: condition(pools, name, "Ready")["status"] == "False", 60, "the refusal")
    assert condition(pools, name, "Ready")["reason"] == "ScaledObjectCheckFailed"
    assert NEVER[name] in condition(pools, name, "Ready")["message"]
    assert replicas(pools, name) == 1
    assert "ScaledObjectCheckFailed" in documented()


def test_a_pool_without_faults_counts(pools: Cluster) -> None:
    until(lambda: condition(pools, "as-it-is", "HPAActive")["status"] == "True", 60, "the autoscaler")
    assert condition(pools, "as-it-is", "Ready")["status"] == "True"
    assert condition(pools, "as-it-is", "Fallback")["status"] == "False"
    assert replicas(pools, "as-it-is") == 1


def pool(objects: list[Object], name: str) -> list[Object]:
    """The Deployment and the ScaledObject under another name, with the fault of that name."""
    worker = deepcopy(find(objects, "Deployment", "inference"))
    scaled = deepcopy(find(objects, "ScaledObject", "inference"))
    worker["metadata"]["name"] = scaled["metadata"]["name"] = scaled["spec"]["scaleTargetRef"]["name"] = name
    for labels in (worker["spec"]["selector"]["matchLabels"], worker["spec"]["template"]["metadata"]["labels"]):
        labels["fault"] = name
    change, numbers, _ = TRIGGERS.get(name, ({}, (), ""))
    for number in numbers:
        scaled["spec"]["triggers"][number]["metadata"] |= change
    if name == "not-a-number":
        scaled["spec"]["triggers"][0]["metadata"]["lagThreshold"] = "eight"
    if name == "no-deployment":
        scaled["spec"]["scaleTargetRef"]["name"] = "nobody"
    return [worker, scaled]


def condition(cluster: Cluster, name: str, kind: str) -> Object:
    found = cluster.get("scaledobject", name, "-n", "cloister").get("status", {}).get("conditions", ())
    return next((each for each in found if each["type"] == kind), {"status": "Missing"})


def replicas(cluster: Cluster, name: str) -> int:
    return int(cluster.get("deployment", name, "-n", "cloister")["spec"]["replicas"])


def events(cluster: Cluster, name: str) -> list[str]:
    items = cluster.get("events", "-n", "cloister", "--field-selector", f"involvedObject.name={name}")["items"]
    return [each["message"] for each in items if each["type"] == "Warning"]


def documented() -> str:
    return (ROOT / "docs/operators.md").read_text(encoding="utf-8")
