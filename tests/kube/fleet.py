"""As many workers as the Deployment wants: what the scheduler and the nodes do, for one Deployment."""

import threading
import time

from tests.kube.node import Node, Pod
from tests.kube.plane import Cluster
from tests.kube.rendering import Object

LOOK = 0.5  # seconds


class Fleet:
    """Follows `spec.replicas` and tells every change of it; `held` starts and stops nothing for a while."""

    def __init__(self, cluster: Cluster, node: Node, deployment: Object) -> None:
        self._cluster, self._node, self._deployment = cluster, node, deployment
        self._name = deployment["metadata"]["name"]
        self.workers: list[Pod] = []
        self.wanted = -1
        self.seen: list[int] = []
        self.held = False
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(30)

    def forget(self) -> None:
        """What was wanted until now no longer counts as seen."""
        self.seen = [self.wanted]

    def falls_below(self, number: int, seconds: float) -> bool:
        """Whether fewer are wanted at some moment of that time."""
        with self._news:
            return self._news.wait_for(lambda: min(self.seen) < number, seconds)

    def _follow(self) -> None:
        words = ("get", "deployment", self._name, "-n", "cloister", "-o", "jsonpath={.spec.replicas}")
        while not self._stopping.is_set():
            said = self._cluster.kubectl(*words, check=False)
            if said.isdigit() and int(said) != self.wanted:
                self._note(int(said))
            if not self.held:
                self._settle()
            time.sleep(LOOK)

    def _note(self, wanted: int) -> None:
        with self._news:
            self.wanted = wanted
            self.seen.append(wanted)
            self._news.notify_all()
        self._cluster.say(f"spec.replicas = {wanted}")

    def _settle(self) -> None:
        while len(self.workers) < self.wanted:
            self.workers.append(self._node.run(self._deployment))
        while len(self.workers) > max(self.wanted, 0):
            # As a node would: asked to stop, it has its grace period; nobody waits for it here.
            leaving = self.workers.pop()
            if leaving.process is not None:
                leaving.process.terminate()
