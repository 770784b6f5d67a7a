"""`cloister connectors init` and `check`: a draft that can be used, and a source that is not as declared."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.connectors.declarations.loading import load
from shared.errors import NotReady
from tests.services.connectors.running import erp

__all__ = ["erp"]


def tool(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.connectors.administration", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)


def check(file: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(tool("check", "--file", str(file), *words).stdout)
    return found


def test_a_draft_of_a_database_is_declarations_that_hold(erp: Path, tmp_path: Path) -> None:
    done = tool("init", "erp", f"sqlite:///{erp / 'erp.db'}")
    assert done.returncode == 0, done.stderr
    assert "# salary = " in done.stdout, "what looks private is left out"
    assert '# rows = "department_id in :departments"' in done.stdout
    file = tmp_path / "connectors.toml"
    file.write_text(done.stdout, encoding="utf-8")
    assert len(load(file).sources["erp"].tables) == 15
    assert check(file)[0]["problems"] == []


def test_a_url_with_a_password_is_given_by_reference(tmp_path: Path) -> None:
    done = tool("init", "erp", "postgresql://u:secret@127.0.0.1/erp")
    assert (done.returncode, "secret" in done.stdout + done.stderr) == (1, False)
    assert "env:NAME or file:PATH" in done.stderr
    assert "is not set" in tool("init", "erp", "env:NO_SUCH_URL").stderr


def test_a_check_shows_what_somebody_would_see(erp: Path) -> None:
    finance = check(erp / "connectors.toml", "--as", "person:alice", "--as", "group:finance")[0]
    production = check(erp / "connectors.toml", "--as", "group:production")[0]
    seen = [{row["table"]: row for row in report["tables"]} for report in (finance, production)]
    assert (seen[0]["orders"]["rows"], seen[1]["orders"]["rows"]) == (4000, 0)
    assert 0 < seen[1]["budgets"]["rows"] < seen[0]["budgets"]["rows"]
    assert seen[1]["customers"]["hidden_columns"] == ["credit_limit"]


def test_a_column_that_is_gone_is_named(erp: Path, tmp_path: Path) -> None:
    (tmp_path / "connectors.toml").write_bytes((erp / "connectors.toml").read_bytes())
    (tmp_path / "erp.db").write_bytes((erp / "erp.db").read_bytes())
    with sqlite3.connect(tmp_path / "erp.db") as database:
        database.execute("ALTER TABLE machines RENAME COLUMN code TO number")
    problems = check(tmp_path / "connectors.toml")[0]["problems"]
    assert any("machines" in problem and "code" in problem for problem in problems)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[sources.erp]\ntitle = 1", "title"),
        ('[sources.erp]\ntitle = "x"\nworkspaces = ["a"]', "exactly one of `url`"),
        ('[sources.erp]\ntitle = "x"\nurl = "sqlite:///x"\nworkspaces = []', "workspaces"),
        ('[sources.erp]\ntitle = "x"\nurl = "sqlite:///x"\nworkspaces = ["a"]\nmax_rows = -1', "max_rows"),
        (
            '[queries.q]\nsource = "erp"\ntitle = "t"\ndescription = "d"\nsql = "select 1"\nexamples = ["e"]',
            "no source",
        ),
        ("[sources", "cannot be read"),
        ('[sources."a\'b"]\ntitle = "x"', "letters, digits"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "connectors.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotReady, match=words):
        load(file)
