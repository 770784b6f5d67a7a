"""Every pod of every overlay: valid, without rights it does not need, watched, and told only what exists."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import kubernetes_validate
import pytest

from shared.settings import CloisterSettings
from tests.documentation.settings import DIRECT, declared
from tests.kube.rendering import (
    K8S,
    OVERLAYS,
    SERVICES,
    WORKLOADS,
    Object,
    containers_of,
    objects_of,
    of_kind,
    overlay,
    pod_of,
    settings_of,
)

VERSIONS = ("1.36", "1.37")
FOLDERS = [K8S / "overlays" / name for name in OVERLAYS] + [K8S / "pools/large", K8S / "models", K8S / "keycloak"]
THEIRS = ("keda.sh/", "k8s.keycloak.org/")
# Read by infra.provision, beside the settings of the services.
PROVISIONED = {"CLOISTER_OWNERS"}
SIZES = {"m": 0.001, "": 1, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


def workloads(name: str = "", *kinds: str) -> Iterator[Object]:
    for each in OVERLAYS if not name else (name,):
        yield from of_kind(overlay(each), *(kinds or WORKLOADS))


def amount(text: str) -> float:
    """`250m` and `1Gi` as numbers."""
    found = re.fullmatch(r"(\d+)(\w*)", text)
    assert found, text
    return int(found[1]) * SIZES[found[2]]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_what_kubernetes_defines(folder: Path, version: str) -> None:
    for each in objects_of(folder):
        if not each["apiVersion"].startswith(THEIRS):
            kubernetes_validate.validate(each, version, strict=True)


def test_every_overlay_has_every_service_and_nothing_but_dev_has_stores() -> None:
    for name in OVERLAYS:
        assert {each["metadata"]["name"] for each in workloads(name, "Deployment")} == set(SERVICES)
        stores = {each["metadata"]["name"] for each in workloads(name, "StatefulSet")}
        assert stores == ({"nats", "postgres", "qdrant"} if name == "dev" else set())


def test_every_object_is_in_the_namespace_and_that_is_restricted() -> None:
    for name in OVERLAYS:
        (namespace,) = of_kind(overlay(name), "Namespace")
        labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
        assert labels.items() <= namespace["metadata"]["labels"].items()
        assert {each["metadata"].get("namespace") for each in overlay(name)} == {None, "cloister"}


def test_no_pod_has_a_token_and_each_has_an_account_of_its_own() -> None:
    for name in OVERLAYS:
        accounts = {each["metadata"]["name"]: each for each in of_kind(overlay(name), "ServiceAccount")}
        assert all(each["automountServiceAccountToken"] is False for each in accounts.values())
        for each in workloads(name):
            assert pod_of(each)["automountServiceAccountToken"] is False
            assert pod_of(each)["enableServiceLinks"] is False
            if each["kind"] != "StatefulSet":
                assert pod_of(each)["serviceAccountName"] == each["metadata"]["name"]
        assert set(accounts) == {"default", "provision", *SERVICES}


def test_a_container_may_write_to_its_volumes_alone_and_do_nothing_as_root() -> None:
    for each in workloads():
        pod = pod_of(each)["securityContext"]
        assert pod["runAsNonRoot"] is True
        assert min(pod["runAsUser"], pod["runAsGroup"], pod["fsGroup"]) > 0
        for container in containers_of(each):
            rights = container["securityContext"]
            assert rights == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }  # fmt: skip


def test_the_keeper_of_models_may_no_more_than_a_service() -> None:
    (pod,) = (each["spec"] for each in objects_of(K8S / "models"))
    model = pod_of(next(workloads("gpu", "Deployment")))
    for name in ("automountServiceAccountToken", "enableServiceLinks", "securityContext"):
        assert pod[name] == model[name]
    (keeper,) = pod["containers"]
    assert keeper["securityContext"] == model["containers"][0]["securityContext"]
    assert keeper["volumeMounts"] == [{"name": "models", "mountPath": "/models"}]
    assert keeper["command"] == ["sleep", "infinity"]
    assert amount(keeper["resources"]["requests"]["memory"]) <= amount(keeper["resources"]["limits"]["memory"])


def test_what_is_mounted_is_there_and_secrets_cannot_be_written() -> None:
    for each in workloads():
        volumes = {volume["name"]: volume for volume in pod_of(each).get("volumes", ())}
        claims = {claim["metadata"]["name"] for claim in each["spec"].get("volumeClaimTemplates", ())}
        used = {mount["name"] for container in containers_of(each) for mount in container.get("volumeMounts", ())}
        assert used == {*volumes, *claims}, each["metadata"]["name"]
        for container in containers_of(each):
            for mount in container.get("volumeMounts", ()):
                volume = volumes.get(mount["name"], {})
                assert mount.get("readOnly") or not {"secret", "configMap"} & set(volume)
        for volume in volumes.values():
            assert "emptyDir" not in volume or "sizeLimit" in volume["emptyDir"]
            assert "secret" not in volume or volume["secret"]["defaultMode"] == 0o440


def test_every_container_asks_for_what_it_needs_and_has_a_limit() -> None:
    for each in workloads():
        for container in containers_of(each):
            asked, most = container["resources"]["requests"], container["resources"]["limits"]
            for what in ("cpu", "memory"):
                assert 0 < amount(asked[what]) <= amount(most[what]), (each["metadata"]["name"], container["name"])


@pytest.mark.parametrize("name", OVERLAYS)
def test_ingestion_has_memory_for_every_parser_at_its_limit(name: str) -> None:
    (ingestion,) = (each for each in workloads(name, "Deployment") if each["metadata"]["name"] == "ingestion")
    given = settings_of(overlay(name), ingestion)
    parsers = int(given["CLOISTER_INGESTION_PARSERS"]) * int(given["CLOISTER_INGESTION_MEMORY_MB"])
    (service,) = pod_of(ingestion)["containers"]
    assert amount(service["resources"]["limits"]["memory"]) >= (parsers + 512) * SIZES["Mi"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_setting_is_one_that_a_service_reads(name: str) -> None:
    known = {setting for setting, _ in declared()} | DIRECT | PROVISIONED
    for each in workloads(name, "Deployment", "Job"):
        for setting in settings_of(overlay(name), each):
            assert setting.removesuffix("_FILE") in known, (each["metadata"]["name"], setting)


@pytest.mark.parametrize("name", OVERLAYS)
@pytest.mark.parametrize("service", SERVICES)
def test_every_value_is_one_that_its_setting_takes(name: str, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (workload,) = (each for each in workloads(name, "Deployment") if each["metadata"]["name"] == service)
    for setting, value in settings_of(overlay(name), workload).items():
        if not setting.endswith("_FILE"):
            monkeypatch.setenv(setting, value)
    for place in ("shared.settings", f"services.{service}.settings"):
        for kind in vars(import_module(place)).values():
            if isinstance(kind, type) and issubclass(kind, CloisterSettings):
                kind()
