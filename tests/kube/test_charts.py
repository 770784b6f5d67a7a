"""The values for other people's charts: names that the charts know, and what Cloister demands of its stores."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from infra.nats.keys import create_keys
from infra.secrets import contents
from tests.kube.charts import CHARTS, HELM, known, names, text, values

RESTRICTED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


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
    assert nats["container"]["merge"].pop("command")[:2] == ["sh", "-c"], "of which the chart has none"
    assert lists(nats["container"]["merge"]) == lists(nats["podTemplate"]["merge"]) == []


def test_the_stores_read_secrets_that_we_make(tmp_path: Path) -> None:
    create_keys(tmp_path)
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
