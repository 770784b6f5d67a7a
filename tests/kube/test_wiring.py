"""What the manifests name is there: services and ports, secrets and their keys, and what waits for what."""

from urllib.parse import urlsplit

import pytest

from infra.nats.keys import create_keys
from infra.secrets import READERS, contents
from infra.tables import OWNERS
from tests.kube.rendering import OVERLAYS, Object, container, containers_of, find, of_kind, overlay, pod_of, settings_of

SECRETS = "/run/secrets/cloister"
Secrets = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Secrets:
    """As `python -m infra.secrets` makes them: each Secret's keys, and the files they are meant to become."""
    keys = tmp_path_factory.mktemp("keys")
    create_keys(keys)
    found = contents(keys, "postgres:5432/cloister")
    return {name: {_key(place): place for place in files} for name, files in found.items()}


def _key(place: str) -> str:
    return place.removeprefix("keys/").replace("/", ".")


def ours(name: str) -> list[Object]:
    return of_kind(overlay(name), "Deployment", "Job")


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_secret_is_one_that_we_make_and_becomes_the_file_that_is_read(name: str, secrets: Secrets) -> None:
    for each in ours(name):
        workload = each["metadata"]["name"]
        reader = "provisioner" if workload == "provision" else workload
        (volume,) = (volume["secret"] for volume in pod_of(each)["volumes"] if volume["name"] == "secrets")
        assert volume["secretName"] == f"cloister-{reader}"
        assert {item["key"]: item["path"] for item in volume["items"]} == secrets[f"cloister-{reader}"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_file_of_a_setting_is_mounted(name: str, secrets: Secrets) -> None:
    for each in ours(name):
        (volume,) = (volume["secret"] for volume in pod_of(each)["volumes"] if volume["name"] == "secrets")
        files = {f"{SECRETS}/{item['path']}" for item in volume["items"]}
        for part in containers_of(each):
            if part["name"] == "ollama":
                continue
            mounts = {mount["mountPath"]: mount["name"] for mount in part["volumeMounts"]}
            assert (mounts[SECRETS], mounts["/tmp"]) == ("secrets", "tmp")
            given = settings_of(overlay(name), each, part["name"])
            assert {value for key, value in given.items() if key.endswith("_FILE")} <= files
            assert given["CLOISTER_KEYS"] == f"{SECRETS}/keys"
            assert mounts[given["CLOISTER_HOME"]] == "home"
        owner = each["metadata"]["name"] in OWNERS
        assert ("CLOISTER_DATABASE_URL_FILE" in settings_of(overlay(name), each)) == (owner or each["kind"] == "Job")


def test_every_service_has_its_own_keys_and_no_other(secrets: Secrets) -> None:
    for service in READERS:
        seeds = {key for key in secrets[f"cloister-{service}"] if key.startswith("bus.")}
        assert seeds - {"bus.callout.seed", "bus.socadmin.seed"} == {f"bus.{service}.seed"}
        assert ("bus.callout.seed" in seeds) == (service == "auth")
        assert ("bus.socadmin.seed" in seeds) == (service == "provisioner"), "it makes the security team's mirror"


def test_the_stores_of_dev_read_secrets_that_we_make(secrets: Secrets) -> None:
    nats, postgres, qdrant = (find(overlay("dev"), "StatefulSet", name) for name in ("nats", "postgres", "qdrant"))
    (accounts,) = (each["secret"] for each in pod_of(nats)["volumes"] if each["name"] == "accounts")
    assert set(secrets[accounts["secretName"]]) == {"accounts.conf", "ca.crt", "tls.crt", "tls.key"}
    (password,) = (each["secret"] for each in pod_of(postgres)["volumes"] if each["name"] == "password")
    assert password["items"][0]["key"] in secrets[password["secretName"]]
    (mount,) = (each for each in container(postgres, "postgres")["volumeMounts"] if each["name"] == "password")
    given = settings_of(overlay("dev"), postgres, "postgres")
    assert given["POSTGRES_PASSWORD_FILE"] == f"{mount['mountPath']}/{password['items'][0]['path']}"
    (key,) = (each["valueFrom"]["secretKeyRef"] for each in container(qdrant, "qdrant")["env"] if "valueFrom" in each)
    assert key["key"] in secrets[key["name"]]


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_service_chooses_the_pods_of_its_name_and_a_port_that_they_have(name: str) -> None:
    for service in of_kind(overlay(name), "Service"):
        wanted = service["spec"]["selector"].items()
        workloads = of_kind(overlay(name), "Deployment", "StatefulSet")
        (chosen,) = (each for each in workloads if wanted <= each["spec"]["template"]["metadata"]["labels"].items())
        assert service["metadata"]["name"].removesuffix("-headless") == chosen["metadata"]["name"]
        there = {port["name"] for part in containers_of(chosen) for port in part.get("ports", ())}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= there
        if chosen["spec"].get("serviceName") == service["metadata"]["name"] != chosen["metadata"]["name"]:
            assert service["spec"]["clusterIP"] == "None"
            assert service["spec"]["publishNotReadyAddresses"] is True


def test_the_addresses_in_the_settings_are_services_of_dev() -> None:
    objects = overlay("dev")
    gateway = find(objects, "Deployment", "gateway")
    given = settings_of(objects, gateway)
    for setting, port in (("CLOISTER_NATS_URL", "nats"), ("CLOISTER_VECTORS", "http")):
        url = urlsplit(given[setting])
        service = find(objects, "Service", str(url.hostname))
        assert url.port in [each["port"] for each in service["spec"]["ports"] if each["name"] == port]
    (http,) = container(gateway, "service")["ports"]
    assert http["containerPort"] == int(given["CLOISTER_HTTP_PORT"])
    assert given["CLOISTER_HTTP_HOST"] == "0.0.0.0"  # noqa: S104 - that is what a pod must listen on
    assert find(objects, "Service", "postgres")["spec"]["ports"][0]["port"] == 5432
    assert find(objects, "Service", "gateway")["spec"]["ports"][0]["port"] == 80


@pytest.mark.parametrize("name", OVERLAYS)
def test_each_service_waits_for_its_own_and_then_runs_itself(name: str) -> None:
    for each in of_kind(overlay(name), "Deployment"):
        service, wait = container(each, "service"), container(each, "wait")
        assert service["args"] == wait["args"] == [each["metadata"]["name"]]
        assert wait["command"] == ["python", "-m", "infra.provision", "wait"]
        assert wait["image"] == service["image"]
    (job,) = of_kind(overlay(name), "Job")
    assert container(job, "service")["command"] == ["python", "-m", "infra.provision"]
    assert settings_of(overlay(name), job)["CLOISTER_OWNERS"] == f"{SECRETS}/owners.json"
    assert 0 < job["spec"]["ttlSecondsAfterFinished"] <= 300
