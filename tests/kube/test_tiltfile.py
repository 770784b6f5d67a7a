"""The Tiltfile, evaluated: each resource it names exists, each folder it copies is there and in the image."""

import json
import os
from typing import Any

import pytest
import starlark
import yaml

from tests.kube.rendering import ROOT, Object, of_kind, text_of

NAMES = (
    "allow_k8s_contexts", "docker_build", "fall_back_on", "k8s_resource", "k8s_yaml", "local", "local_resource",
    "port_forward", "sync", "update_settings",
)  # fmt: skip
Call = tuple[str, tuple[Any, ...], dict[str, Any]]


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    """What the Tiltfile asks of Tilt, in order."""
    found: list[Call] = []
    module = starlark.Module()
    for name in NAMES:
        module.add_callable(name, lambda *a, _name=name, **k: (found.append((_name, a, k)), _name)[1])
    module.add_callable("kustomize", lambda path: text_of(ROOT / path))
    module.add_callable("decode_yaml_stream", lambda text: list(yaml.safe_load_all(text)))
    module.add_callable("encode_yaml_stream", lambda objects: json.dumps(objects))
    module["TRIGGER_MODE_MANUAL"] = 1
    source = starlark.parse("Tiltfile", (ROOT / "Tiltfile").read_text(), starlark.Dialect.extended())
    starlark.eval(module, source, starlark.Globals.standard())
    return found


def named(calls: list[Call], name: str) -> list[Call]:
    return [each for each in calls if each[0] == name]


def objects(calls: list[Call]) -> list[Object]:
    found: list[Object] = json.loads(named(calls, "k8s_yaml")[0][1][0])
    return found


def test_each_resource_it_names_is_in_the_overlay_and_none_is_left_out(calls: list[Call]) -> None:
    there = {each["metadata"]["name"] for each in of_kind(objects(calls), "Deployment", "StatefulSet", "Job")}
    assert {words[0] for _, words, _ in named(calls, "k8s_resource")} == there


def test_each_resource_that_one_waits_for_is_named(calls: list[Call]) -> None:
    names = {words[0] for _, words, _ in named(calls, "k8s_resource")}
    for _, _, given in named(calls, "k8s_resource"):
        assert set(given.get("resource_deps", ())) <= names


def test_what_it_copies_is_in_the_project_and_in_the_image(calls: list[Call]) -> None:
    (build,) = named(calls, "docker_build")
    image = (ROOT / "Dockerfile").read_text()
    assert f"AS {build[2]['target']}" in image
    for _, (ours, theirs), _ in named(calls, "sync"):
        assert (ROOT / ours).is_dir()
        assert theirs == f"/app/{ours}"
        assert f"COPY {ours} {ours}" in image
    for path in (*build[2]["only"], *named(calls, "fall_back_on")[0][1][0]):
        assert (ROOT / path).exists()


def test_the_image_it_builds_is_the_one_that_runs(calls: list[Call]) -> None:
    (build,) = named(calls, "docker_build")
    for workload in of_kind(objects(calls), "Deployment", "Job"):
        for container in workload["spec"]["template"]["spec"]["containers"]:
            assert container["image"].partition(":")[0] == build[1][0]


def test_a_service_starts_again_when_its_code_changes(calls: list[Call]) -> None:
    for workload in of_kind(objects(calls), "Deployment"):
        (service,) = workload["spec"]["template"]["spec"]["containers"]
        program, command, *folders = service["command"]
        assert (program, command) == ("watchfiles", f"python -m services {workload['metadata']['name']}")
        assert all((ROOT / folder).is_dir() for folder in folders)
        assert os.access(ROOT / ".venv/bin" / program, os.X_OK) or program in (ROOT / "uv.lock").read_text()


def test_the_secrets_come_from_our_own_program(calls: list[Call]) -> None:
    (words,) = (words for _, words, _ in named(calls, "local"))
    assert words[0].endswith("python -m infra.secrets")


def test_the_gateway_is_at_hand_on_this_machine(calls: list[Call]) -> None:
    ((_, ports, given),) = named(calls, "port_forward")
    (gateway,) = (each for each in of_kind(objects(calls), "Deployment") if each["metadata"]["name"] == "gateway")
    (port,) = gateway["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert ports == (8000, port["containerPort"])
    assert given == {"name": port["name"]}
    forwarding = [words[0] for _, words, more in named(calls, "k8s_resource") if more.get("port_forwards")]
    assert forwarding == ["gateway"]


def test_nothing_is_applied_to_a_cluster_that_is_not_on_this_machine(calls: list[Call]) -> None:
    ((_, (contexts,), _),) = named(calls, "allow_k8s_contexts")
    assert set(contexts) == {"kind-cloister", "k3d-cloister", "docker-desktop", "minikube", "rancher-desktop"}


def test_its_commands_are_the_makefiles(calls: list[Call]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for _, (_, command), _ in named(calls, "local_resource"):
        assert f"\n{command.removeprefix('make ')}:" in makefile
