"""How a pod starts, is watched, spread and ended: who asks what, how often, and who waits how long for whom."""

from itertools import product
from pathlib import Path

import pytest

from shared import app
from shared.settings import Settings
from tests.kube.rendering import OVERLAYS, SERVICES, Object, container, find, of_kind, overlay, pod_of, settings_of

ASKED = {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
PRE_STOP = 5
SLOWEST = 2  # tokens a second of the slowest model that is worth its GPU
CASES = list(product(OVERLAYS, SERVICES))


def deployment(name: str, service: str) -> Object:
    return find(overlay(name), "Deployment", service)


def patience(probe: Object) -> int:
    """Seconds after which somebody acts on a service that does not answer."""
    return int(probe["periodSeconds"] * probe.get("failureThreshold", 3))


@pytest.mark.parametrize(("name", "service"), CASES)
def test_starting_ready_and_alive_are_three_questions(name: str, service: str) -> None:
    running = container(deployment(name, service), "service")
    (port,) = running["ports"]
    for kind, path in ASKED.items():
        assert running[kind]["httpGet"] == {"path": path, "port": port["name"]}
    start, ready, alive = (running[kind] for kind in ASKED)
    assert patience(start) == 120
    assert patience(ready) <= 10, "who cannot answer gets no questions"
    assert patience(alive) >= 60, "a slow moment is no death"
    assert ready["timeoutSeconds"] == alive["timeoutSeconds"] == 5


def test_the_paths_that_are_asked_are_the_program_s_own() -> None:
    text = Path(app.__file__).read_text()
    assert all(f'@app.get("{path}"' in text for path in ASKED.values())


@pytest.mark.parametrize(("name", "service"), CASES)
def test_whoever_stops_has_the_time_that_it_says_it_needs(name: str, service: str) -> None:
    given = deployment(name, service)
    drain = Settings(drain_seconds=float(settings_of(overlay(name), given)["CLOISTER_DRAIN_SECONDS"])).drain_seconds
    assert container(given, "service")["lifecycle"] == {"preStop": {"sleep": {"seconds": PRE_STOP}}}
    assert drain + PRE_STOP < pod_of(given)["terminationGracePeriodSeconds"] <= drain + 60


@pytest.mark.parametrize("name", ["gpu", "airgap"])
def test_a_worker_s_longest_answer_and_a_reader_s_longest_wait_end_before_the_pod(name: str) -> None:
    inference, gateway = (settings_of(overlay(name), deployment(name, each)) for each in ("inference", "gateway"))
    assert float(inference["CLOISTER_DRAIN_SECONDS"]) >= 1024 / SLOWEST
    assert float(gateway["CLOISTER_DRAIN_SECONDS"]) >= float(gateway["CLOISTER_GATEWAY_ANSWER_SECONDS"])


@pytest.mark.parametrize(("name", "service"), CASES)
def test_one_pod_at_a_time_may_be_taken_away(name: str, service: str) -> None:
    given = deployment(name, service)
    (budget,) = (each for each in of_kind(overlay(name), "PodDisruptionBudget") if each["metadata"]["name"] == service)
    assert budget["spec"]["selector"] == given["spec"]["selector"]
    assert budget["spec"]["maxUnavailable"] == 1
    # A pod that cannot become ready must not hold a node for ever.
    assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


@pytest.mark.parametrize(("name", "service"), CASES)
def test_a_new_version_comes_before_the_old_one_goes(name: str, service: str) -> None:
    assert deployment(name, service)["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


@pytest.mark.parametrize(("name", "service"), CASES)
def test_pods_of_a_service_are_spread_over_nodes_and_zones(name: str, service: str) -> None:
    given = deployment(name, service)
    labels = given["spec"]["template"]["metadata"]["labels"]
    places = [each["topologyKey"] for each in pod_of(given)["topologySpreadConstraints"]]
    assert places == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    for each in pod_of(given)["topologySpreadConstraints"]:
        assert each["maxSkew"] == 1
        assert each["whenUnsatisfiable"] == "ScheduleAnyway"
        assert each["labelSelector"]["matchLabels"].items() <= labels.items()
        assert set(each["matchLabelKeys"]) == {"app.kubernetes.io/name", "pod-template-hash"}


@pytest.mark.parametrize(("name", "service"), CASES)
def test_a_deployment_chooses_its_own_pods_and_nobody_else_s(name: str, service: str) -> None:
    given = deployment(name, service)
    wanted = given["spec"]["selector"]["matchLabels"]
    assert wanted["app.kubernetes.io/name"] == service
    for other in of_kind(overlay(name), "Deployment", "StatefulSet", "Job"):
        chosen = wanted.items() <= other["spec"]["template"]["metadata"]["labels"].items()
        assert chosen == (other is given or other["metadata"]["name"] == service)


def test_what_takes_calls_has_two_replicas_and_what_orders_has_one() -> None:
    replicas = {
        each["metadata"]["name"]: each["spec"].get("replicas") for each in of_kind(overlay("gpu"), "Deployment")
    }
    assert replicas == {
        "auth": 2, "gateway": 2, "retrieval": 2, "audit": 1, "connectors": 1, "dispatch": 1, "ingestion": 1,
        "inference": None,  # KEDA's
    }  # fmt: skip


def test_a_reader_who_was_cut_off_finds_the_same_gateway_again() -> None:
    assert find(overlay("gpu"), "Service", "gateway")["spec"]["sessionAffinity"] == "ClientIP"
