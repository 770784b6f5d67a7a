"""One server without Kubernetes: the same services with the same limits, and no way out for engine and stores."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from infra.nats.keys import create_keys
from infra.secrets import contents
from infra.tables import OWNERS
from shared.settings import Settings
from tests.documentation.settings import DIRECT, declared
from tests.kube.rendering import ROOT, SERVICES, container, find, of_kind, overlay, pod_of, settings_of
from tests.kube.test_manifests import PROVISIONED

FILE = ROOT / "infra/compose.yaml"
COMPOSE = yaml.safe_load(FILE.read_text())
PARTS: dict[str, Any] = COMPOSE["services"]
STORES = ("nats", "postgres", "qdrant", "ollama")
UNITS = {"M": 1 << 20, "G": 1 << 30, "Mi": 1 << 20, "Gi": 1 << 30}
# On one server there is one Ollama for all, and a collector that takes traces.
OTHERWISE = {
    "CLOISTER_TRUSTED_HOSTS",
    "CLOISTER_MODEL",
    "CLOISTER_ENGINE_URL",
    "CLOISTER_EMBEDDER",
    "CLOISTER_TRACE_SHARE",
}
NEIGHBOURS = {
    "bus": {*SERVICES, "provision", "nats"},
    "tables": {*OWNERS, "provision", "postgres", "keycloak"},
    "sources": {"connectors"},
    "vectors": {"retrieval", "qdrant"},
    "engine": {"inference", "retrieval", "ollama"},
    "identity": {"auth", "keycloak"},
    "watch": {*SERVICES, "otel"},
    "public": {"gateway", "keycloak", "models"},
}


def memory(text: str) -> int:
    found = re.fullmatch(r"(\d+)(\w+)", text)
    assert found, text
    return int(found[1]) * UNITS[found[2]]


def seconds(text: str) -> int:
    assert re.fullmatch(r"\d+s", text), text
    return int(text[:-1])


def test_it_is_what_compose_defines() -> None:
    schema = json.loads((Path(__file__).parent / "schemas/compose.json").read_text())
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


def test_it_has_every_service_and_what_they_need() -> None:
    assert set(PARTS) == {*SERVICES, *STORES, "provision", "keycloak", "otel", "models"}


def test_a_network_has_those_who_must_speak_to_each_other_and_two_lead_out() -> None:
    there = {name: {part for part, given in PARTS.items() if name in given["networks"]} for name in COMPOSE["networks"]}
    assert there == NEIGHBOURS
    assert {name for name, given in COMPOSE["networks"].items() if not given.get("internal")} == {"public", "sources"}
    for store in STORES:
        assert "public" not in PARTS[store]["networks"]


def test_only_public_parts_listen_and_on_this_machine_alone() -> None:
    assert {name: part["ports"] for name, part in PARTS.items() if "ports" in part} == {
        "gateway": ["127.0.0.1:${CLOISTER_PORT:-8000}:8000"],
        "keycloak": ["127.0.0.1:${CLOISTER_LOGIN_PORT:-8080}:8080"],
    }


@pytest.mark.parametrize("name", [*SERVICES, "provision"])
def test_a_service_may_write_to_scratch_alone(name: str) -> None:
    part = PARTS[name]
    assert part["read_only"] is True
    assert part["tmpfs"] == ["/tmp:size=1g", "/var/lib/cloister:size=1g,uid=10001,gid=10001"]
    assert part["image"] == "${CLOISTER_IMAGE:-cloister:0.1.0}"
    secret = "provisioner" if name == "provision" else name
    declared = ["./connectors:/etc/cloister:ro"] if name == "connectors" else []
    assert part["volumes"] == [f"./secrets/cloister-{secret}:/run/secrets/cloister:ro", *declared]


@pytest.mark.parametrize("name", sorted(PARTS))
def test_everything_has_limits_and_gives_up_rights(name: str) -> None:
    part = PARTS[name]
    limits = part["deploy"]["resources"]["limits"]
    assert float(limits["cpus"]) > 0
    assert memory(limits["memory"]) >= memory("512M")
    assert limits["pids"] >= 256
    assert part["security_opt"] == ["no-new-privileges:true"]
    # PostgreSQL's own start changes the owner of its files.
    assert part.get("cap_drop") == (None if name == "postgres" else ["ALL"])


@pytest.mark.parametrize("name", SERVICES)
def test_limits_and_drain_are_those_of_kubernetes(name: str) -> None:
    pod = find(overlay("gpu"), "Deployment", name)
    there, here = container(pod, "service")["resources"]["limits"], PARTS[name]["deploy"]["resources"]["limits"]
    assert (here["cpus"], memory(here["memory"])) == (there["cpu"], memory(there["memory"]))
    assert seconds(PARTS[name]["stop_grace_period"]) == pod_of(pod)["terminationGracePeriodSeconds"]
    drain = Settings(drain_seconds=float(PARTS[name]["environment"]["CLOISTER_DRAIN_SECONDS"])).drain_seconds
    assert drain < seconds(PARTS[name]["stop_grace_period"]) <= drain + 30


@pytest.mark.parametrize("name", [*SERVICES, "provision"])
def test_settings_are_read_and_are_those_of_kubernetes(name: str) -> None:
    known = {setting for setting, _ in declared()} | DIRECT | PROVISIONED
    (workload,) = (each for each in of_kind(overlay("gpu"), "Deployment", "Job") if each["metadata"]["name"] == name)
    there, here = settings_of(overlay("gpu"), workload), PARTS[name]["environment"]
    assert {setting.removesuffix("_FILE") for setting in here} <= known
    assert {setting for setting in there if setting.endswith("_FILE")} == {s for s in here if s.endswith("_FILE")}
    for setting in set(there) & set(here) - OTHERWISE:
        assert there[setting] == here[setting], setting


def test_each_command_is_the_service_s_name_and_each_waits_for_its_tables() -> None:
    for name in SERVICES:
        assert PARTS[name]["command"] == [name]
        assert PARTS[name]["depends_on"]["provision"] == {"condition": "service_completed_successfully"}
        assert "http://127.0.0.1:8000/readyz" in PARTS[name]["healthcheck"]["test"][-1]
    assert PARTS["provision"]["entrypoint"] == ["python", "-m", "infra.provision"]
    assert PARTS["provision"]["restart"] == "on-failure"
    assert set(PARTS["provision"]["depends_on"]) == {"nats", "postgres"}
    assert PARTS["inference"]["depends_on"]["ollama"] == {"condition": "service_healthy"}


def test_what_is_waited_for_has_a_health_check() -> None:
    for part in PARTS.values():
        for name, given in part.get("depends_on", {}).items():
            if given["condition"] == "service_healthy":
                check = PARTS[name]["healthcheck"]
                assert check["test"][0] == "CMD"
                assert seconds(check["timeout"]) <= seconds(check["interval"])
                assert seconds(check["interval"]) * check["retries"] >= 60


def test_every_file_that_is_mounted_is_there_or_made_by_us(tmp_path: Path) -> None:
    create_keys(tmp_path)
    made = contents(tmp_path, "postgres:5432/cloister")
    mounts = [volume.split(":") for part in PARTS.values() for volume in part.get("volumes", ())]
    for source, _, *how in mounts:
        if source.startswith("./secrets/"):
            assert source.removeprefix("./secrets/") in made
            assert how == ["ro"]
        elif source.startswith("./"):
            assert (FILE.parent / source).exists(), source
            assert how == ["ro"]
        else:
            assert source in COMPOSE["volumes"]
    assert {source for source, *_ in mounts if source in COMPOSE["volumes"]} == set(COMPOSE["volumes"])
