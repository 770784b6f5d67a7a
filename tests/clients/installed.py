"""Whether the group `clients` and the packages of Node are there: tests are skipped without them, and fail in CI."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).parent / "node"
# Node comes as a wheel, beside the interpreter.
ENVIRONMENT = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
INSTALL = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
REQUIRED = os.environ.get("CLOISTER_REQUIRE_REAL") == "1"


def required(name: str) -> Any:
    """The Python package; the module that needs it is skipped when it is missing."""
    return import_module(name) if REQUIRED else pytest.importorskip(name, reason="uv sync --group clients")


def installed_node() -> None:
    """The packages of package-lock.json, installed once."""
    if (NODE / "node_modules" / ".package-lock.json").is_file():
        return
    done = subprocess.run(INSTALL, cwd=NODE, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode and not REQUIRED:
        pytest.skip(f"npm could not install: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
