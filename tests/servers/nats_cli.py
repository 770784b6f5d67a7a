"""NATS's own command line: found in the cache, or built once from its Go module."""

import os
import shutil
import subprocess
from pathlib import Path

VERSION = "v0.5.0"
CACHE = Path.home() / ".cache/cloister/natscli"


def nats_cli() -> Path:
    """The `nats` program; building takes a minute or two, once."""
    found = CACHE / VERSION / "nats"
    if not found.exists():
        go = found.parent / "go"
        own = {"GOBIN": str(go), "GOFLAGS": "-p=2"}
        command = ["nice", "-n", "15", "go", "install", f"github.com/nats-io/natscli/nats@{VERSION}"]
        subprocess.run(command, check=True, env=os.environ | own)
        shutil.move(go / "nats", found)
    return found
