"""The numbers of a pool mean to KEDA, to the worker and to Ollama what they say."""

from pathlib import Path

import pytest
import yaml

from infra.nats.configuration import configuration
from infra.nats.keys import create_keys
from shared.streams.consumers import CONSUMERS
from tests.kube.rendering import K8S, Object, container, find, objects_of, of_kind, overlay, pod_of, settings_of
from tests.kube.shortened import Numbers, shortened

POOLS = [("gpu", "inference", "default"), ("airgap", "inference", "default"), ("large", "inference-large", "large")]


def pool(name: str) -> list[Object]:
    return objects_of(K8S / "pools/large") if name == "large" else overlay(name)


def scaled(name: str) -> Object:
    (found,) = of_kind(pool(name), "ScaledObject")
    return found


@pytest.mark.parametrize(("name", "worker", "consumer"), POOLS)
def test_a_pool_counts_what_waits_and_what_runs_in_it(name: str, worker: str, consumer: str, tmp_path: Path) -> None:
    create_keys(tmp_path)
    accounts = configuration(tmp_path, tmp_path, 4222)["accounts"]
    waiting, running = (each["metadata"] for each in scaled(name)["spec"]["triggers"])
    there = {(each.stream, each.name.replace("-default", f"-{consumer}")) for each in CONSUMERS}
    for trigger, durable in ((waiting, "dispatch"), (running, f"inference-{consumer}")):
        assert trigger["consumer"] == durable
        assert (trigger["stream"], durable) in there
        assert accounts[trigger["account"]]["jetstream"] == "enabled"
        assert trigger["natsServerMonitoringEndpoint"] == "nats-headless.cloister.svc.cluster.local:8222"
        assert trigger["activationLagThreshold"] == "0", "the first question wakes the pool"
    assert scaled(name)["spec"]["scaleTargetRef"]["name"] == worker
    own = {"app.kubernetes.io/name": "inference", "app.kubernetes.io/part-of": "cloister", "cloister.io/pool": consumer}
    assert scaled(name)["metadata"]["labels"] == own
    assert [each["name"] for each in scaled(name)["spec"]["triggers"]] == ["waiting", "running"]
    for each in scaled(name)["spec"]["triggers"]:
        assert (each["type"], each["metricType"]) == ("nats-jetstream", "AverageValue")


def test_the_bus_of_dev_and_of_the_chart_are_monitored_where_keda_looks() -> None:
    ports = find(overlay("dev"), "Service", "nats-headless")["spec"]["ports"]
    assert [(each["name"], each["port"]) for each in ports] == [("nats", 4222), ("monitor", 8222)]
    bus = container(find(overlay("dev"), "StatefulSet", "nats"), "nats")
    assert {"name": "monitor", "containerPort": 8222} in bus["ports"]


@pytest.mark.parametrize(("name", "worker", "consumer"), POOLS)
def test_slots_are_one_number_for_the_worker_for_ollama_and_for_keda(name: str, worker: str, consumer: str) -> None:
    deployment = find(pool(name), "Deployment", worker)
    service, ollama = container(deployment, "service"), container(deployment, "ollama")
    slots = {each["name"]: each.get("value") for each in service["env"]}["CLOISTER_INFERENCE_SLOTS"]
    parallel = {each["name"]: each.get("value") for each in ollama["env"]}["OLLAMA_NUM_PARALLEL"]
    waiting, running = (each["metadata"]["lagThreshold"] for each in scaled(name)["spec"]["triggers"])
    assert slots == parallel == running == "4"
    assert int(waiting) == 2 * int(slots), "who waits has at most two answers before his own"
    assert deployment["spec"]["template"]["metadata"]["labels"]["cloister.io/pool"] == consumer
    assert "replicas" not in deployment["spec"], "an apply must not undo what KEDA decided"


def test_without_an_overlay_a_pool_counts_by_the_slots_that_a_worker_has() -> None:
    scaled = yaml.safe_load((K8S / "components/scaling/scaledobject.yaml").read_text())
    worker = settings_of(overlay("dev"), find(overlay("dev"), "Deployment", "inference"))
    waiting, running = (each["metadata"]["lagThreshold"] for each in scaled["spec"]["triggers"])
    assert running == worker["CLOISTER_INFERENCE_SLOTS"] == "2"
    assert int(waiting) == 2 * int(running)


@pytest.mark.parametrize(("name", "most"), [("gpu", 4), ("airgap", 4), ("large", 2)])
def test_a_pool_rises_at_once_falls_slowly_and_falls_back(name: str, most: int) -> None:
    spec = scaled(name)["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"], spec["pollingInterval"]) == (1, most, 10)
    assert spec["fallback"] == {"failureThreshold": 3, "replicas": 2, "behavior": "currentReplicasIfHigher"}
    behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behavior["scaleUp"] == {
        "stabilizationWindowSeconds": 0, "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}],
    }  # fmt: skip
    assert behavior["scaleDown"] == {
        "stabilizationWindowSeconds": 600, "policies": [{"type": "Pods", "value": 1, "periodSeconds": 300}],
    }  # fmt: skip


def test_zero_is_an_option_and_only_idleness_leads_there(tmp_path: Path) -> None:
    (found,) = of_kind(objects_of(shortened(tmp_path / "zero", Numbers(), "bus:8222", "scale-to-zero")), "ScaledObject")
    assert found["spec"]["minReplicaCount"] == 0
    assert found["spec"]["fallback"]["replicas"] > 0
    text = (K8S / "components/scale-to-zero/zero.yaml").read_text()
    assert "cooldownPeriod: 1800" in text


@pytest.mark.parametrize(("name", "worker", "model"), [("gpu", "inference", ""), ("large", "inference-large", "70b")])
def test_a_worker_has_a_gpu_and_its_own_ollama_that_ends_after_it(name: str, worker: str, model: str) -> None:
    deployment = find(pool(name), "Deployment", worker)
    ollama = container(deployment, "ollama")
    assert ollama["restartPolicy"] == "Always", "a sidecar: it starts before the worker and ends after it"
    assert ollama["resources"]["limits"]["nvidia.com/gpu"] == "1"
    given = {each["name"]: each.get("value") for each in ollama["env"]}
    assert given["OLLAMA_HOST"] == "127.0.0.1:11434", "only its own pod reaches it"
    assert given["OLLAMA_KEEP_ALIVE"] == "-1"
    assert given["OLLAMA_NO_CLOUD"] == given["OLLAMA_NOPRUNE"] == given["OLLAMA_MAX_LOADED_MODELS"] == "1"
    mounts = {each["mountPath"]: each for each in ollama["volumeMounts"]}
    assert given["OLLAMA_MODELS"].startswith("/models/")
    assert mounts["/models"]["readOnly"] is True
    assert given["HOME"] in mounts
    assert ollama["startupProbe"]["exec"]["command"] == ["sh", "-c", 'ollama show "$CLOISTER_MODEL"']
    assert ollama["livenessProbe"]["exec"]["command"] == ["ollama", "list"]
    assert model in str(given["CLOISTER_MODEL"] or "")
    (toleration,) = pod_of(deployment)["tolerations"]
    assert toleration == {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    assert any(key.startswith("nvidia.com/gpu.") for key in pod_of(deployment)["nodeSelector"])


def test_the_worker_asks_the_ollama_beside_it_for_the_model_that_is_loaded() -> None:
    deployment = find(overlay("gpu"), "Deployment", "inference")
    service = settings_of(overlay("gpu"), deployment)
    ollama = settings_of(overlay("gpu"), deployment, "ollama")
    assert service["CLOISTER_ENGINE"] == "ollama"
    assert service["CLOISTER_ENGINE_URL"] == f"http://{ollama['OLLAMA_HOST']}"
    assert service["CLOISTER_MODEL"] == ollama["CLOISTER_MODEL"] != ""


def test_the_second_pool_s_worker_asks_for_its_own_model() -> None:
    deployment = find(objects_of(K8S / "pools/large"), "Deployment", "inference-large")
    names = [
        {each["name"]: each.get("value") for each in container(deployment, part)["env"]}
        for part in ("service", "ollama")
    ]
    assert names[0]["CLOISTER_MODEL"] == names[1]["CLOISTER_MODEL"]


def test_models_are_read_from_one_volume_that_only_its_keeper_writes() -> None:
    claim = find(overlay("gpu"), "PersistentVolumeClaim", "models")
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    for name in ("inference", "retrieval"):
        (volume,) = (
            each for each in pod_of(find(overlay("gpu"), "Deployment", name))["volumes"] if each["name"] == "models"
        )
        assert volume["persistentVolumeClaim"] == {"claimName": "models", "readOnly": True}
    retrieval = find(overlay("gpu"), "Deployment", "retrieval")
    assert settings_of(overlay("gpu"), retrieval)["CLOISTER_EMBEDDER"].startswith("/models/")
    (keeper,) = of_kind(objects_of(K8S / "models"), "Pod")
    assert keeper["spec"]["volumes"] == [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}]
    assert keeper["spec"]["restartPolicy"] == "Never"
