"""A node's part in a test: pods of the manifests as processes, each with the settings and keys it is given there."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from infra.nats.server import free_port
from tests.kube.rendering import ROOT, Object, container, pod_of, settings_of

MOUNTS = {"/run/secrets/cloister": "secrets", "/var/lib/cloister": "home", "/tmp": "tmp"}  # where a pod sees what
ENTRY = ["-m", "services"]
Secrets = Mapping[str, Mapping[str, str]]


@dataclass
class Pod:
    """One copy of a workload."""

    name: str
    home: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['CLOISTER_HTTP_PORT']}"

    @property
    def log(self) -> Path:
        return self.home / "log"

    def launch(self, arguments: list[str]) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )

    def ready(self) -> bool:
        """What the readiness probe asks; a process that ended is told with its last words."""
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}: {self.log.read_text()[-600:]}")
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self, seconds: float = 20) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(seconds)


@dataclass
class Node:
    """`own` settings replace those of the manifests: addresses on this machine, stand-ins for what it has not."""

    home: Path
    objects: list[Object]
    secrets: Secrets
    own: dict[str, str]
    pods: list[Pod] = field(default_factory=list)

    def run(self, workload: Object) -> Pod:
        """Its containers in their order: the one that waits first, then the service."""
        pod = self.make(workload)
        for each in pod_of(workload).get("initContainers", ()):
            if each["name"] == "wait":
                code = pod.launch(each["command"][1:] + each["args"]).wait(60)
                assert code == 0, pod.log.read_text()[-600:]
        service = container(workload, "service")
        pod.process = pod.launch(service["command"][1:] if "command" in service else ENTRY + service["args"])
        return pod

    def make(self, workload: Object) -> Pod:
        """Its folders and its environment; nothing runs yet."""
        name = f"{workload['metadata']['name']}-{len(self.pods)}"
        home = self.home / name
        for folder in MOUNTS.values():
            (home / folder).mkdir(parents=True)
        self._mount(workload, home / "secrets")
        given = {key: _seen(value, home) for key, value in settings_of(self.objects, workload).items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CLOISTER_")}
        pod = Pod(name, home, kept | given | self.own | {"CLOISTER_HTTP_PORT": str(free_port())})
        self.pods.append(pod)
        return pod

    def _mount(self, workload: Object, folder: Path) -> None:
        for volume in pod_of(workload)["volumes"]:
            for item in volume.get("secret", {}).get("items", ()):
                path = folder / item["path"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.secrets[volume["secret"]["secretName"]][item["key"]])

    def stop(self) -> None:
        for pod in self.pods:
            if pod.process is not None:
                pod.process.terminate()
        for pod in self.pods:
            pod.stop()


def _seen(value: str, home: Path) -> str:
    """A path in a pod as the path that it is here."""
    for mount, folder in MOUNTS.items():
        if value == mount or value.startswith(f"{mount}/"):
            return f"{home / folder}{value.removeprefix(mount)}"
    return value
