"""One control plane for all tests that need it."""

from collections.abc import Iterator

import pytest

from tests.kube.keda import start_keda
from tests.kube.plane import Cluster, control_plane


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """With KEDA at work in it."""
    with control_plane(tmp_path_factory.mktemp("plane")) as running:
        running.say("API server and controller manager answer")
        start_keda(running)
        running.say("KEDA answers")
        yield running
