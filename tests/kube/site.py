"""A whole Cloister from its manifests on this machine: the bus, the tables, and a process for each service."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.system import System
from infra.nats.server import binary, free_port
from tests.kube.engine import Tickets
from tests.kube.node import Node, Pod
from tests.kube.plane import until
from tests.kube.rendering import ROOT, Object, find, of_kind, overlay
from tests.servers.postgres import postgres_server
from tests.support.company import Company

STAND_INS = {
    "CLOISTER_ENGINE": "tests.kube.engine:open_engine", "CLOISTER_EMBEDDER": "bench.stubs:open_embedder",
    "CLOISTER_VECTORS": "embedded", "CLOISTER_MODEL": "", "CLOISTER_HTTP_HOST": "127.0.0.1",
    "CLOISTER_STREAM_REPLICAS": "1", "CLOISTER_PLANNER": "off",
}  # fmt: skip
WORKER = "inference"


@dataclass
class Site:
    """`node` has the services' pods; the bus can be killed and started again."""

    home: Path
    node: Node
    tickets: Tickets
    port: int
    monitoring: int
    bus: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start_bus(self) -> None:
        """nats-server with the configuration of k8s/overlays/dev; only places and ports are this machine's."""
        text = find(overlay("dev"), "ConfigMap", _named(overlay("dev"), "nats-"))["data"]["nats.conf"]
        (self.home / "nats-config").mkdir(exist_ok=True)
        here = {"4222": str(self.port), "8222": str(self.monitoring), "/data": str(self.home / "data")}
        for there, ours in here.items():
            assert text.count(f" {there}") == 1, f"nats.conf says {there} {text.count(there)} times"
            text = text.replace(f" {there}", f" {ours}")
        text = text.replace("/etc/nats-accounts", str(self.home / "nats-accounts"))
        (self.home / "nats-config/nats.conf").write_text(text)
        command = [binary(), "--config", str(self.home / "nats-config/nats.conf"), "--log", str(self.home / "nats.log")]
        self.bus = subprocess.Popen(command, env=os.environ | {"POD_NAME": "nats-0"})

    def kill_bus(self) -> None:
        assert self.bus is not None
        self.bus.kill()
        self.bus.wait()

    def company(self, gateway: Pod) -> Company:
        """An administrator at the gateway."""
        system = System(gateway.url, self.home, self.url, ca=self.home / "ca.pem")
        company = Company(system)
        company.admin.login("admin", self.node.secrets["cloister-auth"]["admin-password"])
        system.token = company.admin.token
        return company


@contextmanager
def site(home: Path, objects: list[Object], monitoring: int) -> Iterator[Site]:
    """The bus, a database and every service's secrets; who wants services starts them."""
    home.mkdir()
    with postgres_server() as database:
        secrets = make_secrets(home, database.rpartition("@")[2])
        tickets, port = Tickets(home / "tickets"), free_port()
        settings = STAND_INS | {"CLOISTER_NATS_URL": f"nats://127.0.0.1:{port}"}
        node = Node(home, objects, secrets, settings | {"CLOISTER_TEST_TICKETS": str(tickets.folder)})
        found = Site(home, node, tickets, port, monitoring)
        (home / "nats-accounts").mkdir()
        for name, text in secrets["nats-accounts"].items():
            (home / "nats-accounts" / name).write_text(text)
        (home / "ca.pem").write_text(secrets["cloister-gateway"]["ca.pem"])
        found.start_bus()
        try:
            yield found
        finally:
            tickets.open()  # whoever still writes may end
            node.stop()
            found.kill_bus()


def make_secrets(home: Path, database: str) -> dict[str, dict[str, str]]:
    """What `python -m infra.secrets` prints, by name."""
    own = os.environ | {"CLOISTER_KEYS": str(home / "keys")}
    command = [sys.executable, "-m", "infra.secrets", "--database", database]
    printed = json.loads(subprocess.check_output(command, env=own, cwd=ROOT))
    return {each["metadata"]["name"]: each["stringData"] for each in printed["items"]}


def start_services(found: Site) -> dict[str, Pod]:
    """The Job and every service but the workers at once, as Kubernetes would; returns when all are ready."""
    objects = found.node.objects
    job = found.node.run(find(objects, "Job", "provision"))
    services = [each for each in of_kind(objects, "Deployment") if not each["metadata"]["name"].startswith(WORKER)]
    with ThreadPoolExecutor() as threads:
        pods = dict(zip((s["metadata"]["name"] for s in services), threads.map(found.node.run, services), strict=True))
    assert job.process is not None
    assert job.process.wait(30) == 0, job.log.read_text()
    for name, pod in pods.items():
        until(pod.ready, 60, f"{name}; see {pod.log}")
    return pods


def _named(objects: list[Object], start: str) -> str:
    (name,) = (o["metadata"]["name"] for o in of_kind(objects, "ConfigMap") if o["metadata"]["name"].startswith(start))
    return str(name)
