"""A client that `openapi-python-client` makes from the document, against the running system."""

import compileall
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.company import Company
from tests.support.department import HOTEL, Department, finance

__all__ = ["finance"]
CONFIG = "post_hooks: []\ncontent_type_overrides: {application/x-ndjson: text/plain}\n"
CALLS = """
import sys
from cloister_api import AuthenticatedClient
from cloister_api.api.chat import ask
from cloister_api.api.people import get_me
from cloister_api.models import Question, Refusal

base, token, workspace, question = sys.argv[1:]
client = AuthenticatedClient(base_url=base, token=token)
print(get_me.sync(client=client).id)
print(ask.sync(client=client, body=Question(question=question, workspace=workspace)).citations[0].title)
refused = ask.sync(client=client, body=Question(question=question, workspace="nowhere"))
assert isinstance(refused, Refusal)
print(refused.reason)
"""


@pytest.mark.slow
def test_a_generated_python_client_asks_and_reads_errors(
    cloister: Company, finance: Department, tmp_path: Path
) -> None:
    path, out = tmp_path / "openapi.json", tmp_path / "out" / "cloister_api"
    path.write_text(json.dumps(cloister.admin.client.get("/openapi.json").json()))
    command = [
        Path(sys.executable).with_name("openapi-python-client"), "generate", "--path", path, "--meta", "none",
        "--output-path", out, "--fail-on-warning",
    ]  # fmt: skip
    (tmp_path / "config.yaml").write_text(CONFIG)
    made = subprocess.run(
        [*map(str, command), "--config", str(tmp_path / "config.yaml")],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    assert compileall.compile_dir(out, quiet=1)
    given = [cloister.system.base, finance.alice.token, finance.name, HOTEL]
    called = subprocess.run(
        [sys.executable, "-c", CALLS, *given],
        capture_output=True, text=True, check=False, cwd=tmp_path / "out", timeout=60,
    )  # fmt: skip
    assert called.returncode == 0, called.stderr
    wanted = [finance.alice.me()["id"], "Overseas Travel Policy.docx", "workspace_not_found"]
    assert called.stdout.splitlines() == wanted
