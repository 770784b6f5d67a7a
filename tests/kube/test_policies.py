"""Who may reach whom: this table, and nobody else."""

from itertools import product

import pytest

from infra import tables
from tests.kube import rendering
from tests.kube.policies import Party, may_reach
from tests.kube.rendering import K8S, Object, objects_of, of_kind, overlay

SERVICES = " ".join((*rendering.SERVICES, "provision"))
OWNERS = " ".join((*tables.OWNERS, "provision"))
ALLOWED = f"""
{SERVICES} -> nats:4222 collector:4318 dns:53 dns:53/UDP
{OWNERS} keycloak keycloak-import -> postgres:5432
retrieval -> qdrant:6333 qdrant:6334
connectors -> erp:443 erp:1433 erp:1521 erp:3306 erp:5432 erp:8080 erp:8443
auth -> keycloak:8080
nats -> nats:6222
keda -> nats:8222
ingress business-system -> gateway:8000 keycloak:8080 nats:4222
prometheus collector -> {SERVICES.replace(" ", ":8000 ")}:8000
nats keycloak keycloak-import -> dns:53 dns:53/UDP
keycloak -> keycloak:7800 keycloak:57800 gateway:8000
"""
PORTS = (
    53,
    80,
    443,
    1433,
    1521,
    3306,
    4222,
    4318,
    5432,
    6222,
    6333,
    6334,
    6335,
    7800,
    8000,
    8080,
    8222,
    8443,
    9000,
    11434,
    57800,
)
PROTOCOLS = ("TCP", "UDP")
ASKS, WATCHES = {"cloister.io/may-ask": "true"}, {"cloister.io/may-watch": "true"}
OTHERS = (
    Party("keda", "keda", {"app.kubernetes.io/name": "keda-operator"}),
    Party("keda-neighbour", "keda", {"app.kubernetes.io/name": "keda-admission-webhooks"}),
    Party("ingress", "ingress-nginx", {"app.kubernetes.io/name": "ingress-nginx"}, ASKS),
    Party("business-system", "erp", {"app": "erp"}, ASKS),
    Party("prometheus", "monitoring", {"app.kubernetes.io/name": "prometheus"}, WATCHES),
    Party("collector", "monitoring", {"app.kubernetes.io/name": "opentelemetry-collector"}, WATCHES),
    Party("erp", "erp-data", {"app": "database"}, {"cloister.io/source": "true"}),
    Party("keycloak", "keycloak", {"app": "keycloak"}),
    Party("keycloak-import", "keycloak", {"app": "keycloak-realm-import"}),
    Party("keycloak-operator", "keycloak", {"app.kubernetes.io/name": "keycloak-operator"}),
    Party("stranger", "default", {"app.kubernetes.io/name": "gateway", "app.kubernetes.io/part-of": "cloister"}),
    Party("models", "cloister", {"app.kubernetes.io/name": "models"}),
    Party("intruder", "cloister", {"app": "intruder"}),
    Party("dns", "kube-system", {"k8s-app": "kube-dns"}),
    Party("internet", "", outside=True),
)
# Beyond our own pods nothing of ours decides.
THEIRS = {
    "keda", "keda-neighbour", "ingress", "business-system", "prometheus", "collector", "stranger", "dns", "internet",
    "keycloak-operator", "erp",
}  # fmt: skip


def parties() -> list[Party]:
    """Everything that the manifests run, with its labels there, and those who are around it."""
    workloads = of_kind(overlay("dev"), "Deployment", "StatefulSet", "Job")
    ours = [
        Party(each["metadata"]["name"], labels=each["spec"]["template"]["metadata"]["labels"]) for each in workloads
    ]
    return [*ours, *OTHERS]


def allowed() -> set[tuple[str, str, str]]:
    found = set()
    for line in ALLOWED.strip().splitlines():
        sources, _, targets = line.partition("->")
        for source, target in product(sources.split(), targets.split()):
            name, _, port = target.partition(":")
            found.add((source, name, port))
    return found


def policies(name: str) -> list[Object]:
    return of_kind([*overlay(name), *objects_of(K8S / "keycloak")], "NetworkPolicy")


@pytest.mark.parametrize("name", ["dev", "gpu", "airgap"])
def test_the_table_holds_and_nothing_beside_it(name: str) -> None:
    given, found = policies(name), set()
    for source, target, port, protocol in product(parties(), parties(), PORTS, PROTOCOLS):
        if {source.name, target.name} <= THEIRS:
            continue
        if may_reach(given, source, target, port, protocol):
            found.add((source.name, target.name, str(port) if protocol == "TCP" else f"{port}/{protocol}"))
    assert found - allowed() == set(), "reached, and not in the table"
    assert allowed() - found == set(), "in the table, and not reached"


@pytest.mark.parametrize("name", ["inference", "postgres", "qdrant", "models"])
def test_engines_and_stores_have_no_way_out(name: str) -> None:
    (source,) = (each for each in parties() if each.name == name)
    (internet,) = (each for each in parties() if each.outside)
    given = policies("gpu")
    for port, protocol in product((*PORTS, 1, 22, 123, 25, 65535), PROTOCOLS):
        assert not may_reach(given, source, internet, port, protocol)


def test_a_store_s_own_policy_closes_both_directions() -> None:
    for policy in policies("gpu"):
        assert set(policy["spec"]["policyTypes"]) <= {"Ingress", "Egress"}
        if policy["metadata"]["name"] in ("closed", "bus", "tables", "vectors"):
            assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_every_policy_is_known_by_its_name() -> None:
    ours = {"closed", "names", "to-bus", "bus", "to-tables", "tables", "to-vectors", "vectors", "to-sources"}
    allowed = {"bus-names", "gateway", "watched", "to-identity", "keycloak"}
    assert {each["metadata"]["name"] for each in policies("gpu")} == ours | allowed


def test_no_policy_names_addresses_or_leaves_ports_open() -> None:
    for policy in policies("gpu"):
        for direction in ("ingress", "egress"):
            for rule in policy["spec"].get(direction) or ():
                assert rule["ports"], policy["metadata"]["name"]
                assert not [peer for peer in rule.get("from", rule.get("to")) if "ipBlock" in peer]


@pytest.mark.parametrize("name", ["dev", "gpu"])
def test_without_its_policies_the_namespace_would_be_open(name: str) -> None:
    """The test sees the difference."""
    source, target = (next(each for each in parties() if each.name == n) for n in ("intruder", "postgres"))
    closed = [each for each in policies(name) if each["metadata"]["name"] not in ("closed", "tables")]
    assert may_reach(closed, source, target, 5432)
    assert not may_reach(policies(name), source, target, 5432)
