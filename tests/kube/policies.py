"""Who may reach whom by a set of NetworkPolicies: Kubernetes' own rules, over labels."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.kube.rendering import Object


@dataclass(frozen=True)
class Party:
    """A pod: its namespace and its labels. `outside` is any address beyond the cluster."""

    name: str
    namespace: str = "cloister"
    labels: dict[str, str] = field(default_factory=dict, hash=False)
    namespace_labels: dict[str, str] = field(default_factory=dict, hash=False)
    outside: bool = False

    @property
    def space(self) -> dict[str, str]:
        return self.namespace_labels | {"kubernetes.io/metadata.name": self.namespace}


def may_reach(policies: Iterable[Object], source: Party, target: Party, port: int, protocol: str = "TCP") -> bool:
    """Both ends must agree; a pod that no policy of a direction chooses is open in that direction."""
    given = list(policies)
    leaves = source.outside or _agrees(given, "Egress", source, target, port, protocol)
    return leaves and (target.outside or _agrees(given, "Ingress", target, source, port, protocol))


def _agrees(policies: list[Object], direction: str, own: Party, peer: Party, port: int, protocol: str) -> bool:
    chosen = [
        each for each in policies
        if each["metadata"]["namespace"] == own.namespace and direction in each["spec"]["policyTypes"]
        and _chooses(each["spec"]["podSelector"], own.labels)
    ]  # fmt: skip
    rules = [(each, rule) for each in chosen for rule in each["spec"].get(direction.lower()) or ()]
    return not chosen or any(
        _names(rule, direction, policy["metadata"]["namespace"], peer) and _opens(rule, port, protocol)
        for policy, rule in rules
    )


def _names(rule: Object, direction: str, namespace: str, peer: Party) -> bool:
    peers = rule.get("from" if direction == "Ingress" else "to")
    return not peers or any(_is(each, namespace, peer) for each in peers)


def _is(described: Object, namespace: str, peer: Party) -> bool:
    if "ipBlock" in described:
        return True  # the widest reading: whoever writes one has to think of everybody
    if peer.outside:
        return False
    here = "namespaceSelector" in described or peer.namespace == namespace
    there = _chooses(described.get("namespaceSelector", {}), peer.space)
    return here and there and _chooses(described.get("podSelector", {}), peer.labels)


def _opens(rule: Object, port: int, protocol: str) -> bool:
    ports = rule.get("ports")
    return not ports or any(each.get("port") == port and each.get("protocol", "TCP") == protocol for each in ports)


def _chooses(selector: Object, labels: dict[str, str]) -> bool:
    exact = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return exact and all(_fits(each, labels) for each in selector.get("matchExpressions", ()))


def _fits(expression: dict[str, Any], labels: dict[str, str]) -> bool:
    value, operator = labels.get(expression["key"]), expression["operator"]
    return {
        "In": value in expression.get("values", ()), "NotIn": value not in expression.get("values", ()),
        "Exists": value is not None, "DoesNotExist": value is None,
    }[operator]  # fmt: skip
