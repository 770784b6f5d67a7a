"""The MCP Inspector's command line at /mcp."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.company import Company
from tests.support.department import HOTEL, Department, finance

__all__ = ["finance"]
HERE = Path(__file__).parent / "inspector"
# Node comes as a wheel, beside the interpreter.
ENVIRONMENT = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
INSTALL = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
Inspect = Callable[..., Any]


@pytest.fixture(scope="module")
def inspect(finance: Department, cloister: Company) -> Inspect:
    if not (HERE / "node_modules").is_dir():
        done = subprocess.run(INSTALL, cwd=HERE, env=ENVIRONMENT, capture_output=True, text=True)
        if done.returncode and os.environ.get("CLOISTER_REQUIRE_REAL") != "1":
            pytest.skip(f"npm could not install the Inspector: {done.stderr[-300:]}")
        assert done.returncode == 0, done.stderr

    def run(*arguments: str) -> Any:
        command = ["node_modules/.bin/mcp-inspector", "--cli", f"{cloister.system.base}/mcp", "--transport", "http"]
        command += ["--header", f"Authorization: Bearer {finance.alice.token}", *arguments]
        done = subprocess.run(command, cwd=HERE, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_the_inspector_lists_and_calls_tools(inspect: Inspect) -> None:
    assert {tool["name"] for tool in inspect("--method", "tools/list")["tools"]} >= {"ask", "search", "get_page"}
    called = inspect("--method", "tools/call", "--tool-name", "ask", "--tool-arg", f"question={HOTEL}")
    assert "180 US dollars" in called["structuredContent"]["answer"]


def test_the_inspector_reads_resources(inspect: Inspect) -> None:
    uri = inspect("--method", "resources/list")["resources"][0]["uri"]
    assert inspect("--method", "resources/read", "--uri", uri)["contents"][0]["text"]
