"""The MCP Inspector's command line at /mcp."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.installed import ENVIRONMENT, NODE, installed_node
from tests.support.company import Company
from tests.support.department import HOTEL, Department, finance

__all__ = ["finance"]
Inspect = Callable[..., Any]


@pytest.fixture(scope="module")
def inspect(finance: Department, cloister: Company) -> Inspect:
    installed_node()

    def run(*arguments: str) -> Any:
        command = ["node_modules/.bin/mcp-inspector", "--cli", f"{cloister.system.base}/mcp", "--transport", "http"]
        command += ["--header", f"Authorization: Bearer {finance.alice.token}", *arguments]
        done = subprocess.run(command, cwd=NODE, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
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
