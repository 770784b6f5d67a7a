"""The control plane's programs: from the cache, or built once from their Go modules, which takes about ten minutes.

`python -m tests.kube.programs` does so beforehand and says how far it is.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

MODULE = Path(__file__).parent / "plane"
CACHE = Path.home() / ".cache/cloister/kube"
OLDEST_GO = "1.26"  # KEDA's demand
VERSION = "1.35.4"
STAMP = "k8s.io/component-base/version"
PROGRAMS = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "keda-operator": "github.com/kedacore/keda/v2/cmd/operator",
    "keda-adapter": "github.com/kedacore/keda/v2/cmd/adapter",
}
KEDA = "github.com/kedacore/keda/v2"


def programs() -> Path:
    """The folder with the four programs; built again when a version of anything in them changes."""
    parts = [(MODULE / name).read_bytes() for name in ("go.mod", "go.sum")]
    parts.append(_go())
    folder = CACHE / hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    if not (folder / "keda-adapter").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as draft:
            for number, (name, package) in enumerate(PROGRAMS.items(), 1):
                began = time.monotonic()
                print(f"{name}: {number} of {len(PROGRAMS)}, building", flush=True)
                _build(Path(draft) / name, package)
                print(f"{name}: built in {time.monotonic() - began:.0f} s", flush=True)
            folder.mkdir(exist_ok=True)
            for name in PROGRAMS:
                shutil.move(Path(draft) / name, folder / name)
    return folder


def _go() -> bytes:
    """Go's version; `AssertionError` says what to do when it is not there."""
    program = shutil.which("go")
    assert program, f"Go {OLDEST_GO} or newer is needed to build the control plane: `.ci/run` fetches it."
    return subprocess.check_output([program, "version"])


def _build(to: Path, package: str) -> None:
    major, minor, _ = VERSION.split(".")
    stamps = {"gitVersion": f"v{VERSION}", "gitMajor": major, "gitMinor": minor}
    flags = " ".join(["-s -w", *(f"-X {STAMP}.{name}={value}" for name, value in stamps.items())])
    # Gently: the largest compile takes 2.3 GB, and others may be at work on this machine.
    own = {"CGO_ENABLED": "0", "GOFLAGS": f"-p={os.environ.get('CLOISTER_GO_JOBS', '1')} -trimpath -buildvcs=false"}
    command = ["nice", "-n", "15", "go", "build", "-mod=readonly", "-ldflags", flags, "-o", str(to), package]
    subprocess.run(command, check=True, cwd=MODULE, env=os.environ | own)


def keda_crds() -> Path:
    """The folder with KEDA's own resource definitions, as its module brings them."""
    subprocess.run(["go", "mod", "download", KEDA], check=True, cwd=MODULE)
    where = subprocess.check_output(["go", "list", "-m", "-f", "{{.Dir}}", KEDA], cwd=MODULE, text=True)
    return Path(where.strip()) / "config/crd/bases"


def etcd() -> Path:
    """Debian's etcd, unpacked and not installed, so that no daemon starts."""
    found = CACHE / "etcd/usr/bin/etcd"
    if not found.exists():
        # dpkg makes the last folder of a path and no other.
        found.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["apt-get", "download", "-q", "etcd-server"], check=True, cwd=folder, capture_output=True)
            package = next(Path(folder).glob("etcd-server_*.deb"))
            subprocess.run(["dpkg", "-x", str(package), str(CACHE / "etcd")], check=True)
    return found


if __name__ == "__main__":
    print("Control plane:", programs(), etcd(), keda_crds(), sep="\n  ")
