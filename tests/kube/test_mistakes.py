"""What an operator reads when something that a pod needs is not there; docs/operators.md says the same."""

import json
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from tests.kube.node import Node, Pod
from tests.kube.rendering import ROOT, Object, find, overlay
from tests.kube.site import make_secrets
from tests.servers.bus import Server, nats_server

CONFIG = 78  # EX_CONFIG
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Server]:
    with nats_server(tmp_path / "bus", streams=False) as server:
        yield server


def node(home: Path, url: str) -> Node:
    home.mkdir(exist_ok=True)
    made = make_secrets(home, f"{NOWHERE}/cloister")
    return Node(home, overlay("dev"), made, {"CLOISTER_NATS_URL": url, "CLOISTER_HTTP_HOST": "127.0.0.1"})


def workload(service: str) -> Object:
    return deepcopy(find(overlay("dev"), "Deployment", service))


def ended(pod: Pod, *arguments: str) -> tuple[int, str]:
    """Its exit code and its last message."""
    done = subprocess.run(
        [sys.executable, *arguments], env=pod.environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    last = done.stderr.strip().splitlines()[-1]
    return done.returncode, json.loads(last)["message"] if last.startswith("{") else last


def said(pod: Pod, wanted: str, *arguments: str) -> str:
    """The first message with those words of a program that goes on trying."""
    process = subprocess.Popen(
        [sys.executable, *arguments], env=pod.environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        return next(json.loads(line)["message"] for line in process.stderr if wanted in line)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def documented() -> str:
    return (ROOT / "docs/operators.md").read_text(encoding="utf-8")


def test_a_key_that_is_not_in_the_secret_stops_the_start_and_is_named(tmp_path: Path) -> None:
    pod = node(tmp_path / "node", f"nats://{NOWHERE}").make(workload("gateway"))
    (pod.home / "secrets/database-url").unlink()
    code, message = ended(pod, "-m", "services", "gateway")
    assert code == CONFIG
    assert message.startswith(f"CLOISTER_DATABASE_URL_FILE names {pod.home}/secrets/database-url, which cannot be read")
    assert "which cannot be read" in documented()


@pytest.mark.parametrize("arguments", [("services", "gateway"), ("infra.provision", "wait", "gateway")])
def test_a_key_for_the_bus_that_is_not_there_is_named(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    pod = node(tmp_path / "node", f"nats://{NOWHERE}").make(workload("dispatch"))
    (pod.home / "secrets/keys/bus/dispatch.seed").unlink()
    code, message = ended(pod, "-m", *(word.replace("gateway", "dispatch") for word in arguments))
    assert code == CONFIG
    assert message.startswith(f"dispatch has no key for the bus: {pod.home}/secrets/keys/bus/dispatch.seed")
    assert "has no key for the bus" in documented()


def test_a_pool_that_is_in_no_list_stops_its_worker_and_says_what_to_do(tmp_path: Path) -> None:
    given = workload("inference")
    given["spec"]["template"]["metadata"]["labels"]["cloister.io/pool"] = "lrage"
    pod = node(tmp_path / "node", f"nats://{NOWHERE}").make(given)
    code, message = ended(pod, "-m", "services", "inference")
    assert code == CONFIG
    assert message == "No pool takes query.ready.v1.lrage. Name it in CLOISTER_POOLS and run `cloister streams apply`."
    assert "No pool takes query.ready.v1" in documented()


def test_a_worker_waits_for_its_consumer_and_says_so(tmp_path: Path, bus: Server) -> None:
    pod = node(tmp_path / "bus", bus.url).make(workload("inference"))
    del pod.environment["CLOISTER_NATS_CA"]  # this bus speaks no TLS
    message = said(pod, "waiting for the consumer", "-m", "infra.provision", "wait", "inference")
    assert message.startswith("waiting for the consumer inference-default on QUERIES: ")
    assert "waiting for the consumer inference-default on QUERIES" in documented()


def test_a_service_waits_for_its_tables_and_says_so(tmp_path: Path, bus: Server) -> None:
    pod = node(tmp_path / "bus", bus.url).make(workload("audit"))
    message = said(pod, "waiting for the tables", "-m", "infra.provision", "wait", "audit")
    assert message.startswith("waiting for the tables of audit: ")
    assert "waiting for the tables of" in documented()


def test_the_job_waits_for_the_bus_and_says_so(tmp_path: Path) -> None:
    given = deepcopy(find(overlay("dev"), "Job", "provision"))
    pod = node(tmp_path / "node", f"nats://{NOWHERE}").make(given)
    assert said(pod, "waiting for", "-m", "infra.provision").startswith("waiting for the tables of ")


def test_a_value_that_is_no_number_is_named(tmp_path: Path) -> None:
    pod = node(tmp_path / "node", f"nats://{NOWHERE}").make(workload("inference"))
    pod.environment["CLOISTER_INFERENCE_SLOTS"] = "many"
    code, message = ended(pod, "-m", "services", "inference")
    assert code == CONFIG
    assert message.startswith("CLOISTER_INFERENCE_SLOTS='many' is set wrongly: ")
    assert "is set wrongly" in documented()
