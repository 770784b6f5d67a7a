"""A real Ollama with the settings of the sidecar: models that it cannot write, scratch, and the probes' commands."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.nats.server import free_port
from tests.kube.plane import until
from tests.kube.rendering import ROOT, Object, container, find, overlay, settings_of
from tests.servers.ollama_server import MODEL, binary, ollama_server

pytestmark = [pytest.mark.ollama, pytest.mark.timeout(600)]


@pytest.fixture
def home() -> Iterator[Path]:
    """Outside of pytest's own folder, which another user may not enter."""
    with tempfile.TemporaryDirectory(prefix="cloister-ollama-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


@pytest.fixture
def sidecar(home: Path) -> Iterator[dict[str, str]]:
    """Its environment, while it runs."""
    with ollama_server(home):
        pass
    subprocess.run(["chmod", "-R", "a-w,a+rX", home / "models"], check=True)
    (home / "scratch").mkdir()
    (home / "scratch").chmod(0o777)
    shutil.copy(binary(), home / "ollama")
    given = settings_of(overlay("gpu"), find(overlay("gpu"), "Deployment", "inference"), "ollama")
    here = {"OLLAMA_HOST": f"127.0.0.1:{free_port()}", "OLLAMA_MODELS": str(home / "models"), "CLOISTER_MODEL": MODEL}
    given |= here | {"HOME": str(home / "scratch"), "PATH": f"{home}:{os.environ['PATH']}"}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [home / "ollama", *ollama()["args"]], env=given, stdout=log, stderr=log, user=nobody()
        )
    until(lambda: asked("livenessProbe", given).returncode == 0, 60, "Ollama")
    yield given
    process.terminate()
    process.wait(20)


def ollama() -> Object:
    return container(find(overlay("gpu"), "Deployment", "inference"), "ollama")


def nobody() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def asked(probe: str, given: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(ollama()[probe]["exec"]["command"], env=given, user=nobody(), capture_output=True, text=True)


def test_it_starts_when_its_model_is_there_and_answers_from_models_that_it_cannot_write(
    sidecar: dict[str, str], home: Path
) -> None:
    assert asked("startupProbe", sidecar).returncode == 0
    question = {"model": MODEL, "stream": False, "messages": [{"role": "user", "content": "hi"}]}
    url = f"http://{sidecar['OLLAMA_HOST']}/api/chat"
    reply = httpx.post(url, json=question | {"options": {"num_predict": 4}}, timeout=120, trust_env=False)
    assert reply.json()["message"]["content"]
    assert [path.name for path in (home / "scratch").iterdir()] == [".ollama"]


def test_a_model_that_is_not_there_is_named(sidecar: dict[str, str]) -> None:
    said = asked("startupProbe", sidecar | {"CLOISTER_MODEL": "qwen3:14b"})
    assert said.returncode == 1
    assert "model 'qwen3:14b' not found" in said.stderr
    assert "model '…' not found" in (ROOT / "docs/operators.md").read_text()
