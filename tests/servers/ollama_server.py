"""A real Ollama for the tests: found in the cache, or built once from its Go module; CPU only."""

import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from infra.nats.server import free_port
from services.inference.engines.embedded import packaged_model

VERSION = "v0.17.4"
CACHE = Path.home() / ".cache/cloister/ollama"
HEADERS = ("nlohmann-json3-dev", "libstb-dev")
MODEL = "smollm2"


def binary() -> Path:
    """The `ollama` program; building takes two to four minutes, once."""
    found = CACHE / VERSION / "ollama"
    if not found.exists():
        build(found)
    return found


def build(to: Path) -> None:
    """With Debian's headers and the one that the `miniaudio` package on PyPI brings."""
    if not Path("/usr/include/nlohmann/json.hpp").exists() or not Path("/usr/include/stb").exists():
        subprocess.run(["apt-get", "install", "-y", "-q", *HEADERS], check=True, capture_output=True)
    go = to.parent / "go"
    flags = {"CGO_CXXFLAGS": f"-O2 -I{_miniaudio()}", "GOBIN": str(go), "GOFLAGS": "-p=2"}
    command = ["nice", "-n", "15", "go", "install", f"github.com/ollama/ollama@{VERSION}"]
    subprocess.run(command, check=True, env=os.environ | flags)
    shutil.move(go / "ollama", to)


def _miniaudio() -> Path:
    folder = CACHE / "headers"
    if not (folder / "miniaudio/miniaudio.h").exists():
        folder.mkdir(parents=True, exist_ok=True)
        fetch = ["-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "miniaudio"]
        subprocess.run([sys.executable, *fetch, "-d", str(folder)], check=True, capture_output=True)
        with tarfile.open(next(folder.glob("miniaudio-*.tar.gz"))) as archive:
            name = next(name for name in archive.getnames() if name.endswith("/miniaudio.h"))
            (folder / "miniaudio").mkdir(exist_ok=True)
            (folder / "miniaudio/miniaudio.h").write_bytes(archive.extractfile(name).read())  # type: ignore[union-attr]
    return folder


@contextmanager
def ollama_server(home: Path) -> Iterator[str]:
    """Its URL, on a free port, with the packaged model as `smollm2`."""
    url = f"http://127.0.0.1:{free_port()}"
    own = {"OLLAMA_HOST": url, "OLLAMA_MODELS": str(home / "models"), "OLLAMA_NO_CLOUD": "1", "HOME": str(home)}
    with (home / "ollama.log").open("wb") as log:
        process = subprocess.Popen([binary(), "serve"], env=os.environ | own, stdout=log, stderr=log)
    try:
        _until_ready(url, process)
        (home / "Modelfile").write_text(f"FROM {packaged_model()}\n")
        create = [binary(), "create", MODEL, "-f", home / "Modelfile"]
        subprocess.run(create, check=True, env=os.environ | own, capture_output=True)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/api/version", trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"Ollama did not start at {url}")
