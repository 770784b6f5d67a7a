"""The values for other people's charts: names that the charts know, and what Cloister demands of its stores."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.nats.keys import make
from infra.secrets import contents
from shared.streams.server import too_old
from shared.streams.streams import MB, OBJECTS, STREAMS
from tests.kube.rendering import K8S, ROOT, of_kind, overlay

CHARTS = ("keda", "nats", "postgres", "qdrant")
HELM = re.compile(r"^# helm upgrade --install (\w+) \S+/\w+ --version (\S+) --namespace (\w+)", re.M)
GIB = {"Gi": 1 << 30, "Mi": 1 << 20, "GB": 1 << 30}  # GB as nats-server reads it
RESTRICTED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def text(chart: str) -> str:
    return (K8S / f"helm/{chart}.yaml").read_text()


def values(chart: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text(chart))
    return found


def names(given: Any, above: str = "") -> list[str]:
    if not isinstance(given, dict) or not given:
        return [above]
    return [name for key, below in given.items() for name in names(below, f"{above}.{key}" if above else str(key))]


def known(chart: str) -> list[str]:
    """The names that this version of the chart has."""
    charts = yaml.safe_load((Path(__file__).parent / "schemas/charts.yaml").read_text())
    command = HELM.search(text(chart))
    assert command
    return str(charts[f"{chart} {command[2]}"]).split()


def size(given: str) -> int:
    found = re.fullmatch(r"(\d+)(\w\w)", given)
    assert found, given
    return int(found[1]) * GIB[found[2]]


@pytest.mark.parametrize("chart", CHARTS)
def test_every_value_is_one_that_the_chart_has(chart: str) -> None:
    there = known(chart)
    for name in names(values(chart)):
        assert any(fnmatch(name, each) or name == each.removesuffix(".*") for each in there), name


@pytest.mark.parametrize("chart", CHARTS)
def test_the_command_names_its_own_file_and_namespace(chart: str) -> None:
    command = HELM.search(text(chart))
    assert command
    assert command[1] == chart
    assert command[3] == ("keda" if chart == "keda" else "cloister")
    assert f"--values k8s/helm/{chart}.yaml" in text(chart).splitlines()[0]


def test_a_merge_puts_no_list_in_the_place_of_the_chart_s_own() -> None:
    def lists(given: Any) -> list[Any]:
        below = [each for value in given.values() for each in lists(value)] if isinstance(given, dict) else []
        return [given] if isinstance(given, list) and given != ["ALL"] else below

    nats = values("nats")
    assert lists(nats["container"]["merge"]) == lists(nats["podTemplate"]["merge"]) == []


def test_the_bus_is_three_nodes_that_write_before_they_acknowledge() -> None:
    config = values("nats")["config"]
    assert config["cluster"] == {"enabled": True, "replicas": 3}
    assert config["jetstream"]["merge"] == {"sync_interval": "always"}
    assert config["monitor"]["enabled"] is True
    data = next(each["data"] for each in of_kind(overlay("gpu"), "ConfigMap"))
    assert data["CLOISTER_STREAM_REPLICAS"] == str(config["cluster"]["replicas"])
    (spread,) = values("nats")["podTemplate"]["topologySpreadConstraints"].items()
    assert spread == ("kubernetes.io/hostname", {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"})
    assert values("nats")["podDisruptionBudget"] == {"enabled": True, "merge": {"spec": {"maxUnavailable": 1}}}


def test_the_bus_has_the_accounts_and_room_for_every_stream() -> None:
    nats = values("nats")
    (mount,), (volume,) = nats["container"]["patch"], nats["podTemplate"]["patch"]
    assert mount["value"] == {"name": volume["value"]["name"], "mountPath": "/etc/nats-accounts", "readOnly": True}
    assert volume["value"]["secret"] == {"secretName": "nats-accounts", "defaultMode": 0o440}
    assert nats["config"]["merge"]["$include"] == "../nats-accounts/accounts.conf"
    claimed = sum(each.bytes for each in (*STREAMS, OBJECTS)) + 16_384 * MB  # and the security team's mirror
    files = nats["config"]["jetstream"]["fileStore"]
    assert claimed <= size(files["maxSize"]) < size(files["pvc"]["size"])


@pytest.mark.parametrize("place", ["k8s/overlays/dev/nats.conf", "infra/nats/compose.conf"])
def test_a_single_bus_is_configured_likewise(place: str) -> None:
    said = (ROOT / place).read_text()
    assert "sync_interval: always" in said
    assert "include ../nats-accounts/accounts.conf" in said
    (room,) = re.findall(r"max_file_store: (\w+)", said)
    assert size(room) >= sum(each.bytes for each in (*STREAMS, OBJECTS)) + 16_384 * MB
    assert "port: 4222" in said
    assert "8222" in said


def test_the_version_of_the_bus_is_one_that_cloister_takes() -> None:
    tag = values("nats")["container"]["image"]["tag"]
    assert not too_old(tag)


def test_the_stores_read_secrets_that_we_make(tmp_path: Path) -> None:
    make(tmp_path)
    secrets = contents(tmp_path, "postgres:5432/cloister")
    postgres, key = values("postgres")["settings"], values("qdrant")["apiKey"]["valueFrom"]["secretKeyRef"]
    assert secrets[postgres["existingSecret"]][postgres["superuser"]["secretKey"]] == "cloister"
    assert postgres["superuserPassword"]["secretKey"] in secrets[postgres["existingSecret"]]
    assert secrets[key["name"]][key["key"]] == secrets["cloister-retrieval"]["vectors-key"]


@pytest.mark.parametrize("chart", CHARTS)
def test_every_store_has_limits_and_no_rights(chart: str) -> None:
    given = values(chart)
    resources = given["container"]["resources"] if chart == "nats" else given["resources"]
    for each in resources.values() if chart == "keda" else (resources,):
        assert set(each["requests"]) == set(each["limits"]) == {"cpu", "memory"}
    pod = (
        given["podTemplate"]["merge"]["spec"]["securityContext"] if chart == "nats" else given.get("podSecurityContext")
    )
    if chart != "keda":  # its own are restricted
        assert pod["runAsNonRoot"] is True
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    rights = (
        given["container"]["merge"]["securityContext"] if chart == "nats" else given.get("containerSecurityContext")
    )
    assert rights is None or RESTRICTED.items() <= rights.items()


def test_nothing_calls_home_and_nothing_runs_that_nobody_asked_for() -> None:
    assert {"name": "QDRANT__TELEMETRY_DISABLED", "value": "true"} in values("qdrant")["env"]
    assert values("nats")["natsBox"] == values("nats")["reloader"] == {"enabled": False}
    assert values("qdrant")["updateVolumeFsOwnership"] is False


def test_keda_is_the_one_of_the_tests_and_may_read_no_secret() -> None:
    keda, module = values("keda"), (Path(__file__).parent / "plane/go.mod").read_text()
    tested = re.findall(r"github.com/kedacore/keda/v2 v([\d.]+)", module)
    assert {each["tag"] for key, each in keda["image"].items() if key != "pullPolicy"} == set(tested)
    assert keda["permissions"] == {part: {"restrict": {"secret": True}} for part in ("operator", "metricServer")}
    assert keda["watchNamespace"] == "cloister"
    assert keda["http"]["timeout"] < 1000 * 10, "shorter than the time between two looks"
