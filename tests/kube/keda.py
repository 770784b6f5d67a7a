"""KEDA's operator and metrics adapter beside the control plane, on loopback as well."""

import base64
import os
import shutil

import httpx

from infra.nats.server import free_port
from tests.kube.plane import Cluster, until
from tests.kube.programs import keda_crds, programs

# Outside a pod it cannot look these up.
SETTINGS = {"WATCH_NAMESPACE": "", "POD_NAMESPACE": "keda", "KEDA_CLUSTER_OBJECT_NAMESPACE": "keda"}
FOUND = "apiservice/v1beta1.external.metrics.k8s.io"
REGISTERED = """
apiVersion: v1
kind: Service
metadata: {{name: keda-metrics-apiserver, namespace: keda}}
spec: {{type: ExternalName, externalName: localhost, ports: [{{port: {port}}}]}}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {{name: v1beta1.external.metrics.k8s.io}}
spec:
  service: {{name: keda-metrics-apiserver, namespace: keda, port: {port}}}
  group: external.metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  caBundle: {authority}
"""


def define_keda(cluster: Cluster) -> None:
    """KEDA's kinds alone. Server-side: one definition is larger than an annotation may be."""
    cluster.kubectl("apply", "--server-side", "-f", str(keda_crds()))
    cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")


def start_keda(cluster: Cluster) -> None:
    """Returns when the autoscaler can ask for figures."""
    define_keda(cluster)
    cluster.kubectl("create", "namespace", "keda")
    folder = cluster.home / "keda"
    folder.mkdir()
    for ours, theirs in (("ca.crt", "ca.crt"), ("keda.crt", "tls.crt"), ("keda.key", "tls.key")):
        shutil.copy(cluster.keys / ours, folder / theirs)
    figures, secure = f"127.0.0.1:{free_port()}", free_port()
    _start_operator(cluster, figures)
    _start_adapter(cluster, figures, secure)
    authority = base64.b64encode((cluster.keys / "ca.crt").read_bytes()).decode()
    cluster.apply(REGISTERED.format(port=secure, authority=authority))
    until(lambda: _available(cluster), 60, "the figures' API")


def _start_operator(cluster: Cluster, figures: str) -> None:
    probe, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
    cluster.start(
        "keda-operator", programs() / "keda-operator", "--cert-dir", cluster.home / "keda",
        "--metrics-bind-address", metrics, "--health-probe-bind-address", probe,
        "--metrics-service-bind-address", figures, "--zap-log-level", "info", "--zap-encoder", "console",
        environment=_environment(cluster),
    )  # fmt: skip
    until(lambda: _answers(f"http://{probe}/readyz"), 60, "KEDA's operator")


def _start_adapter(cluster: Cluster, figures: str, secure: int) -> None:
    keys, config = cluster.home / "keda", cluster.config
    cluster.start(
        "keda-adapter", programs() / "keda-adapter", "--secure-port", str(secure), "--bind-address", "127.0.0.1",
        "--port", "0", "--client-ca-file", keys / "ca.crt", "--tls-cert-file", keys / "tls.crt",
        "--tls-private-key-file", keys / "tls.key", "--cert-dir", keys, "--lister-kubeconfig", config,
        "--authentication-kubeconfig", config, "--authorization-kubeconfig", config,
        "--metrics-service-address", figures, "--zap-log-level", "info",
        environment=_environment(cluster),
    )  # fmt: skip


def _available(cluster: Cluster) -> bool:
    cluster.alive()
    conditions = cluster.get(FOUND).get("status", {}).get("conditions", ())
    return any(each["type"] == "Available" and each["status"] == "True" for each in conditions)


def _environment(cluster: Cluster) -> dict[str, str]:
    return os.environ | SETTINGS | {"KUBECONFIG": str(cluster.config)}


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
