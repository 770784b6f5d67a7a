"""docs/security-team.md: each command on the page does what the page says, on a running Cloister."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from client import Http
from tests.servers.nats_cli import nats_cli
from tests.support.company import PASSWORD, Company

PAGE = Path(__file__).parents[2] / "docs" / "security-team.md"
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```", re.S | re.M)


@pytest.fixture
def shell(cloister: Company, tmp_path: Path) -> "Shell":
    name = f"ann-{os.getpid()}"
    if name not in {user["username"] for user in cloister.admin.every("user")}:
        cloister.admin.make("user", username=name, password=PASSWORD, roles=["auditor"])
    ann = Http(cloister.system.base)
    ann.login(name, PASSWORD)
    return Shell(cloister, tmp_path, name, ann.token)


class Shell:
    """Runs a block of the page as its reader would, in a folder of their own."""

    def __init__(self, cloister: Company, folder: Path, name: str, token: str) -> None:
        self.folder, self.name = folder, name
        self.environment = os.environ | {
            "CLOISTER_URL": cloister.system.base, "CLOISTER_TOKEN": token, "CLOISTER_NATS_PASSWORD": PASSWORD,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NATS": cloister.system.nats_url,
            "CLOISTER_HOME": str(folder), "AUDITOR": name,
        }  # fmt: skip

    def run(self, script: str) -> str:
        text = script.replace("nats://127.0.0.1:4222", "$NATS").replace("--user ann", "--user $AUDITOR")
        text = text.replace('"nats://127.0.0.1:4222"', "$NATS")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text], cwd=self.folder, env=self.environment, capture_output=True,
            text=True, timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS.findall(PAGE.read_text()) if name == language]


def test_the_shell_commands_of_the_page_work_in_their_order(shell: Shell) -> None:
    said = [shell.run(block) for block in blocks("sh")]
    assert any("are what was signed" in text for text in said)
    assert (shell.folder / "audit.vkey").read_text().startswith("cloister.local/")


@pytest.mark.natscli
def test_the_plain_nats_command_replays_the_mirror(shell: Shell) -> None:
    (block,) = [block for block in blocks("console") if "DIRECT.GET" in block]
    shell.environment["PATH"] = f"{nats_cli().parent}:{shell.environment['PATH']}"
    for command in block.replace("_INBOX_ann", f"_INBOX_{shell.name}").split("$ nats ")[1:]:
        lines = shell.run(f"nats {command}").splitlines()
        records = [json.loads(line) for line in lines if line.startswith('{"seq":')]
        numbers = [record["seq"] for record in records]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[0] == 1


def test_the_program_of_the_page_verifies_the_mirror(shell: Shell) -> None:
    shell.run("cloister audit key > audit.vkey")
    (program,) = blocks("python")
    text = program.replace('"nats://127.0.0.1:4222"', 'os.environ["NATS"]').replace('"ann"', 'os.environ["AUDITOR"]')
    (shell.folder / "watch.py").write_text("import os\n" + text)
    assert "records are what was signed" in shell.run("python watch.py")
