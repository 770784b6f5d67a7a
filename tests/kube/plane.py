"""A real control plane on loopback, without nodes: pods are made, counted and judged, and none ever runs."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from infra.nats.server import free_port
from infra.processes import exit_with_parent
from tests.kube import certificates
from tests.kube.programs import etcd, programs
from tests.kube.rendering import KUBECTL

SYNC = "3s"  # between two looks of the autoscaler; 15 s outside tests


class Cluster:
    """Its folder of keys and logs, and kubectl as its administrator."""

    def __init__(self, home: Path) -> None:
        self.home, self.keys = home, home / "pki"
        self.began = time.monotonic()
        self.url = f"https://127.0.0.1:{free_port()}"
        self._stack = ExitStack()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        certificates.write(self.keys)
        self.config = home / "kubeconfig"
        self.config.write_text(yaml.safe_dump(_config(self.url, self.keys)))

    def kubectl(self, *words: str, given: str | None = None, check: bool = True) -> str:
        """What it prints; `AssertionError` with its complaint when it fails."""
        done = subprocess.run(
            [KUBECTL, "--kubeconfig", str(self.config), *words], input=given, capture_output=True, text=True
        )
        assert not check or done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done.stdout + (done.stderr if not check else "")

    def get(self, *words: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.kubectl("get", *words, "-o", "json"))
        return found

    def apply(self, text: str, *words: str) -> str:
        how = ("apply", "--server-side", "--validate=strict")
        return self.kubectl(*how, *words, "-f", "-", given=text)

    def start(self, name: str, *command: str | Path, environment: dict[str, str] | None = None) -> None:
        """A process with a log of its name; it ends with the cluster."""
        log = (self.home / f"{name}.log").open("wb")
        process = subprocess.Popen(
            list(map(str, command)), stdout=log, stderr=log, env=environment, preexec_fn=exit_with_parent
        )
        self._processes[name] = process
        self._stack.callback(_end, process)

    def alive(self) -> None:
        """`AssertionError` names the process that has ended."""
        for name, process in self._processes.items():
            assert process.poll() is None, f"{name} has ended; see {self.home}/{name}.log"

    def say(self, what: str) -> None:
        """A line of the timeline."""
        print(f"[{time.monotonic() - self.began:6.1f} s] {what}", flush=True)

    def close(self) -> None:
        """In reverse: the API server's end would wait for its store."""
        self._stack.close()


@contextmanager
def control_plane(home: Path) -> Iterator[Cluster]:
    """A cluster that answers, with namespaces and service accounts at work."""
    cluster = Cluster(home)
    try:
        store = _start_store(cluster)
        _start_server(cluster, store)
        ready = partial(cluster.kubectl, "get", "--raw", "/readyz", check=False)
        until(lambda: ready().startswith("ok"), 60, f"the API server; see {home}/kube-apiserver.log")
        _start_controllers(cluster)
        until(lambda: "default" in cluster.kubectl("get", "serviceaccount", check=False), 30, "service accounts")
        yield cluster
    finally:
        cluster.close()


def until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Look again and again; `AssertionError` names what did not come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.2)


def _start_store(cluster: Cluster) -> str:
    client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    cluster.start(
        "etcd", etcd(), "--data-dir", cluster.home / "etcd", "--listen-client-urls", client,
        "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
        "--initial-cluster", f"default={peer}", "--log-level", "warn",
    )  # fmt: skip
    return client


def _start_server(cluster: Cluster, store: str) -> None:
    keys, port = cluster.keys, cluster.url.rsplit(":", 1)[1]
    cluster.start(
        "kube-apiserver", programs() / "kube-apiserver", "--etcd-servers", store, "--secure-port", port,
        "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none",
        "--tls-cert-file", keys / "apiserver.crt", "--tls-private-key-file", keys / "apiserver.key",
        "--client-ca-file", keys / "ca.crt", "--authorization-mode", "RBAC", "--anonymous-auth=false",
        "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", keys / "sa.pub",
        "--service-account-signing-key-file", keys / "sa.key", "--requestheader-client-ca-file", keys / "ca.crt",
        "--requestheader-allowed-names", "front-proxy", "--requestheader-username-headers", "X-Remote-User",
        "--requestheader-group-headers", "X-Remote-Group", "--requestheader-extra-headers-prefix", "X-Remote-Extra-",
        "--proxy-client-cert-file", keys / "proxy.crt", "--proxy-client-key-file", keys / "proxy.key",
        # Addresses of services stay in loopback, should anything ever dial one.
        "--service-cluster-ip-range", "127.96.0.0/16",
    )  # fmt: skip


def _start_controllers(cluster: Cluster) -> None:
    keys, config = cluster.keys, cluster.config
    cluster.start(
        "kube-controller-manager", programs() / "kube-controller-manager", "--kubeconfig", config,
        "--authentication-kubeconfig", config, "--authorization-kubeconfig", config, "--leader-elect=false",
        "--bind-address", "127.0.0.1", "--secure-port", str(free_port()), "--tls-cert-file", keys / "apiserver.crt",
        "--tls-private-key-file", keys / "apiserver.key", "--service-account-private-key-file", keys / "sa.key",
        "--root-ca-file", keys / "ca.crt", "--use-service-account-credentials=false",
        "--horizontal-pod-autoscaler-sync-period", SYNC,
    )  # fmt: skip


def _config(url: str, keys: Path) -> dict[str, Any]:
    server = {"server": url, "certificate-authority": str(keys / "ca.crt")}
    user = {"client-certificate": str(keys / "admin.crt"), "client-key": str(keys / "admin.key")}
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": server}], "users": [{"name": "admin", "user": user}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
    }  # fmt: skip


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
