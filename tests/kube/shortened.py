"""k8s/overlays/gpu as a test wants it: other numbers, shorter times, and the bus's monitoring on this machine."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.kube.rendering import K8S

COOLDOWN = 4  # seconds before the last worker goes, where that is allowed


@dataclass(frozen=True)
class Numbers:
    """The story must hold with others as well: SCALING="questions=60 slots=3" make test-kube."""

    questions: int = 40
    slots: int = 2
    waiting: int = 8
    most: int = 6
    fallback: int = 2
    quiet: int = 6  # seconds before the autoscaler takes workers away; ten minutes outside tests

    def __post_init__(self) -> None:
        assert self.wanted > 1, "one worker is enough for so few questions; nothing would be seen to rise"
        assert 1 < self.fallback <= self.most, "the fallback must differ from the one worker that is there"

    @classmethod
    def given(cls) -> "Numbers":
        """Those of the environment, and the usual ones for the rest."""
        pairs = (word.partition("=") for word in os.environ.get("SCALING", "").split())
        return cls(**{name: int(value) for name, _, value in pairs})

    @property
    def wanted(self) -> int:
        """One worker is busy, all other questions wait: as many workers as that asks for."""
        return min(self.most, -(-(self.questions - self.slots) // self.waiting))

    @property
    def busy(self) -> int:
        """Answers written at the same time by that many workers."""
        return min(self.questions, self.wanted * self.slots)


def shortened(folder: Path, numbers: Numbers, monitoring: str, *components: str) -> Path:
    """A kustomization in `folder`, which is returned."""
    folder.mkdir()
    kustomization = {
        "resources": [_from(folder, K8S / "overlays/gpu")],
        "components": [_from(folder, K8S / "components" / name) for name in components],
        "patches": [
            {"target": {"kind": "ScaledObject"}, "patch": yaml.safe_dump(_pool(numbers, monitoring))},
            {"patch": yaml.safe_dump(_worker(numbers))},
        ],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return folder


def _pool(numbers: Numbers, monitoring: str) -> list[dict[str, Any]]:
    behavior = "/spec/advanced/horizontalPodAutoscalerConfig/behavior/scaleDown"
    return [
        _replaced("/spec/maxReplicaCount", numbers.most),
        _replaced("/spec/fallback/replicas", numbers.fallback),
        _replaced("/spec/triggers/0/metadata/lagThreshold", str(numbers.waiting)),
        _replaced("/spec/triggers/1/metadata/lagThreshold", str(numbers.slots)),
        *(_replaced(f"/spec/triggers/{n}/metadata/natsServerMonitoringEndpoint", monitoring) for n in (0, 1)),
        _replaced("/spec/pollingInterval", 1),
        {"op": "add", "path": "/spec/cooldownPeriod", "value": COOLDOWN},
        _replaced(f"{behavior}/stabilizationWindowSeconds", numbers.quiet),
        _replaced(f"{behavior}/policies", [{"type": "Pods", "value": 10, "periodSeconds": 5}]),
    ]


def _worker(numbers: Numbers) -> dict[str, Any]:
    slots = [{"name": "service", "env": [{"name": "CLOISTER_INFERENCE_SLOTS", "value": str(numbers.slots)}]}]
    spec = {"template": {"spec": {"containers": slots}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "inference"}, "spec": spec}


def _replaced(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def _from(folder: Path, target: Path) -> str:
    return os.path.relpath(target, folder)
