"""Prometheus' own checker, of Debian's package `prometheus`."""

import os
import shutil
import subprocess

import pytest


def checked(*arguments: str, given: str = "") -> str:
    """What it complains of: nothing when all is well. Tests are skipped without it, and fail in CI."""
    program = shutil.which("promtool")
    if program is None and os.environ.get("CLOISTER_REQUIRE_REAL") != "1":
        pytest.skip("apt-get install prometheus")
    assert program, "promtool is missing: apt-get install prometheus"
    done = subprocess.run([program, "check", *arguments], input=given, capture_output=True, text=True, timeout=60)
    return done.stderr + (done.stdout if done.returncode else "")
