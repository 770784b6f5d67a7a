"""Every value of the manifests, as the tables of docs/operators.md: `python -m tests.kube.values` writes them anew."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.kube.charts import CHARTS, values
from tests.kube.rendering import ROOT, Object, containers_of, of_kind, overlay, pod_of, settings_of

PAGE = ROOT / "docs/operators.md"
PLACE = re.compile(r"(<!-- values: .* -->\n).*?(<!-- /values -->)", re.S)
# What the numbers of a ScaledObject mean.
POOL = {
    "triggers.waiting.lagThreshold": "waiting questions for each worker",
    "triggers.running.lagThreshold": "answers that one worker writes in parallel; keeps busy workers",
    "triggers.waiting.activationLagThreshold": "waiting questions above which a pool of zero starts a worker",
    "minReplicaCount": "workers of an idle pool; the component `scale-to-zero` sets 0",
    "maxReplicaCount": "maximum number of workers: your GPUs",
    "pollingInterval": "seconds between two checks of KEDA; the autoscaler checks every 15 seconds",
    "fallback.failureThreshold": "failed checks before the fallback",
    "fallback.replicas": "workers while the queue cannot be counted",
    "fallback.behavior": "never fewer workers than now",
    "scaleUp.stabilizationWindowSeconds": "seconds before it scales up",
    "scaleUp.policies": "workers added at most in this time",
    "scaleDown.stabilizationWindowSeconds": "seconds of lower demand before it scales down",
    "scaleDown.policies": "workers removed at most in this time",
}


def tables() -> str:
    """What stands between the two marks."""
    return "\n\n".join("\n".join(each) for each in (_settings(), _workloads(), _pool(), _claims(), _charts())) + "\n"


def written(text: str) -> str:
    return PLACE.sub(lambda found: f"{found[1]}\n{tables()}\n{found[2]}", text)


def _settings() -> Iterator[str]:
    yield "| setting | who reads it | `dev` | `gpu` |"
    yield "| --- | --- | --- | --- |"
    dev, gpu = (_by_setting(name) for name in ("dev", "gpu"))
    for setting in sorted(dev | gpu):
        readers = {reader for reader, _ in dev.get(setting, set()) | gpu.get(setting, set())}
        who = "all" if len(readers) >= 7 else ", ".join(sorted(readers))
        yield f"| `{setting}` | {who} | {_said(dev.get(setting, set()))} | {_said(gpu.get(setting, set()))} |"


def _by_setting(name: str) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for workload in of_kind(overlay(name), "Deployment", "Job"):
        for setting, value in settings_of(overlay(name), workload).items():
            found.setdefault(setting, set()).add((workload["metadata"]["name"], value))
    return found


def _said(pairs: set[tuple[str, str]]) -> str:
    """The value, or the usual one and those who have another."""
    values = [value for _, value in pairs]
    if not values:
        return "—"
    usual = max(sorted(set(values)), key=values.count)
    others = [f"{who} `{value}`" for who, value in sorted(pairs) if value != usual]
    return "; ".join([f"`{usual}`", *others])


def _workloads() -> Iterator[str]:
    yield "| pod | container | copies | CPU, asked and most | memory | seconds to stop |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for workload in of_kind(overlay("gpu"), "Deployment", "Job"):
        for each in containers_of(workload):
            yield _container(workload, each)


def _container(workload: Object, each: Object) -> str:
    asked, most = each["resources"]["requests"], each["resources"]["limits"]
    gpu = f", {most['nvidia.com/gpu']} GPU" if "nvidia.com/gpu" in most else ""
    copies = "the pool's" if workload["metadata"]["name"] == "inference" else workload["spec"].get("replicas", 1)
    cells = (
        workload["metadata"]["name"], each["name"], copies, f"{asked['cpu']}, {most['cpu']}{gpu}",
        f"{asked['memory']}, {most['memory']}", pod_of(workload).get("terminationGracePeriodSeconds", 30),
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _pool() -> Iterator[str]:
    yield "| ScaledObject `inference` | value | what it means |"
    yield "| --- | --- | --- |"
    (scaled,) = of_kind(overlay("gpu"), "ScaledObject")
    spec = scaled["spec"]
    spec |= spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    spec["triggers"] = {each["name"]: each["metadata"] for each in spec["triggers"]}
    for name, meaning in POOL.items():
        value: Any = spec
        for step in name.split("."):
            value = value[step]
        if isinstance(value, list):
            value = "; ".join(f"{each['value']} in {each['periodSeconds']} s" for each in value)
        yield f"| `{name}` | `{value}` | {meaning} |"


def _claims() -> Iterator[str]:
    yield "| volume | overlay | size | who may mount it |"
    yield "| --- | --- | --- | --- |"
    for name in ("dev", "gpu"):
        for claim in of_kind(overlay(name), "PersistentVolumeClaim"):
            yield _claim(claim["metadata"]["name"], name, claim["spec"])
        for store in of_kind(overlay(name), "StatefulSet"):
            for claim in store["spec"]["volumeClaimTemplates"]:
                yield _claim(f"{store['metadata']['name']} {claim['metadata']['name']}", name, claim["spec"])


def _claim(volume: str, name: str, spec: Object) -> str:
    return f"| {volume} | `{name}` | {spec['resources']['requests']['storage']} | {', '.join(spec['accessModes'])} |"


def _charts() -> Iterator[str]:
    yield "| chart | value | |"
    yield "| --- | --- | --- |"
    for chart in CHARTS:
        given = values(chart)
        for name, value in (pair for key, below in given.items() for pair in _below(key, below)):
            said = yaml.safe_dump(value, default_flow_style=True, width=10_000).split("\n")[0]
            yield f"| {chart} | `{name}` | `{said[1:-1] if said[0] == '{' else said}` |"


def _below(key: str, value: Any) -> list[tuple[str, Any]]:
    """A group of values as its parts, where those are groups themselves."""
    if isinstance(value, dict) and any(isinstance(each, dict) for each in value.values()):
        return [(f"{key}.{name}", each) for name, each in value.items()]
    return [(key, value)]


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
