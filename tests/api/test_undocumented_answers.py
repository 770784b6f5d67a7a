"""Schemathesis calls every operation with data of its own, on a system of its own: no answer is undocumented."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import system
from tests.support.company import STAND_INS, Company
from tests.support.department import chat

# Each ends the session that the calls are made with, or is for browsers.
LEFT_OUT = r"^/api/(me/password|logout|users/.name./(password|logout|lock|offboard))|^/auth/"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance"
)
# On a busy machine a part of it may be late: that is documented. A 500 is a fault.
BUSY = """
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "502", "503", "504"]
"""
ASKED = "How long is the warranty on the pump?"


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    with system(**STAND_INS) as running:
        yield Company(running)


@pytest.mark.slow
def test_no_operation_gives_an_answer_that_is_not_documented(company: Company, tmp_path: Path) -> None:
    name = company.workspace("service")
    document = company.paper(name, "warranty.md", "The warranty on the pump is twenty-four months.")["document_id"]
    query = chat(company.admin, ASKED, workspace=name, conversation="pumps")["query_id"]
    known = {"document": document, "query": query, "conversation": "pumps", "number": 1, "page": 1, "seq": 1}
    rows = [f'"path.{field}" = {json.dumps(value)}' for field, value in known.items()]
    (tmp_path / "schemathesis.toml").write_text("\n".join(["[parameters]", *rows, BUSY, ""]))
    command = [
        str(Path(sys.executable).with_name("st")), "--config-file", str(tmp_path / "schemathesis.toml"), "run",
        f"{company.system.base}/openapi.json", "-H", f"Authorization: Bearer {company.system.token}",
        "--phases", "examples,fuzzing", "--max-examples", "2", "--seed", "1", "--no-shrink", "--warnings", "off",
        "--exclude-path-regex", LEFT_OUT, "--checks", CHECKS, "--continue-on-failure",
        "--request-timeout", "20", "--suppress-health-check", "all",
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=110)
    assert run.returncode == 0, run.stdout[-6000:]
