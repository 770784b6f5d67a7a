"""sources.toml: folders that `cloister up` keeps in step by itself."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.system import System, system
from client.cli.main import app
from client.sdk.errors import Refused
from client.sdk.http import Http
from client.sync.config import read
from client.sync.service_key import ServiceKey
from client.sync.source import Source
from tests.support.company import STAND_INS, Company

GOOD = """
[[source]]
folder = "share"
workspace = "finance"
allow = ["group:finance"]

[[source]]
folder = "legal"
workspace = "legal"
prefix = "legal/"
exclude = ["drafts/**"]
"""


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("share", "legal/drafts"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "share" / "fees.md").write_text("# Fees\n\nThe annual fee is 120 yuan.\n")
    (tmp_path / "share" / "broken.docx").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "legal" / "合同.md").write_text("# 合同\n\n合同须由法务部审批。\n")
    (tmp_path / "legal" / "drafts" / "draft.md").write_text("# Draft\n\nNothing is decided.\n")
    (tmp_path / "sources.toml").write_text(GOOD)
    return tmp_path


@pytest.fixture
def running(folders: Path) -> Iterator[System]:
    with system(**STAND_INS, sources=str(folders / "sources.toml")) as found:
        yield found


def test_folders_are_kept_in_step_with_a_key_of_their_own(
    running: System, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = Http(running.base, running.token)
    for name in ("finance", "legal"):
        admin.make("workspace", name=name)

    def titles() -> dict[str, str]:
        return {state.title: state.status for state in admin.documents()}

    wanted = {"fees.md": "indexed", "broken.docx": "rejected", "legal/合同.md": "indexed"}
    Company.until(lambda: titles() == wanted, 90)
    assert {state.allow for state in admin.documents("finance")} == {("group:finance",)}
    assert {state.uploaded_by for state in admin.documents() if hasattr(state, "uploaded_by")} <= {"app:folder-sources"}
    assert stat.S_IMODE((running.home / "sources-key.json").stat().st_mode) == 0o600
    (folders / "legal" / "合同.md").unlink()
    (folders / "legal" / "章程.md").write_text("# 章程\n\n公司章程由股东会通过。\n")
    Company.until(lambda: "legal/章程.md" in titles() and "legal/合同.md" not in titles(), 60)

    monkeypatch.setenv("CLOISTER_HOME", str(running.home))
    monkeypatch.setenv("CLOISTER_SOURCES", str(folders / "sources.toml"))
    monkeypatch.setenv("CLOISTER_URL", running.base)
    checked = CliRunner().invoke(app, ["sources", "check", "--json"])
    first, second = json.loads(checked.stdout)
    assert checked.exit_code == 1
    assert (first["files"], first["rejected"], second["files"], second["rejected"]) == (2, 1, 1, 0)
    assert first["rejected_files"][0]["path"] == "broken.docx"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("folder = 1", "[[source]] sections alone"),
        ("[[source]]\nfolder = 'a'", "source 1: the field 'workspace'"),
        ("[[source]]\nfolde = 'a'\nworkspace = 'b'", "Did you mean 'folder'"),
        ("[[source]]\nfolder = 'a'\nworkspace = 'b'\nevery = 0", "'every' cannot be '0'"),
        ("[[source]]\nfolder = 'a'\nworkspace = 'b'\n[[source]]\nfolder = 'c'\nworkspace = 'b'", "prefix = 'c/'"),
        ("[[source", "cannot be read"),
    ],
)
def test_a_wrong_section_is_named(text: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(text)
    with pytest.raises(Refused) as refused:
        read(tmp_path / "sources.toml")
    assert named in refused.value.error


def test_a_wrong_section_stops_the_start_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sources.toml").write_text("[[source]]\nfolder = 'a'\n")
    monkeypatch.setenv("CLOISTER_HOME", str(tmp_path))
    monkeypatch.delenv("CLOISTER_SOURCES", raising=False)
    ended = subprocess.run([sys.executable, "-m", "infra.supervisor"], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 78
    assert ended.stderr.strip().splitlines() == [
        line for line in ended.stderr.strip().splitlines() if "workspace" in line
    ]
    assert len(ended.stderr.strip().splitlines()) == 1


def test_who_could_give_readers_may_take_them_away_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOISTER_HOME", str(tmp_path))
    listed, plain = (Source(tmp_path, "finance", more=more) for more in ((("allow", "group:board"),), ()))
    given = ServiceKey("http://127.0.0.1:1", "", [listed]).actions
    assert given == {"finance": ["write", "manage"]}
    (tmp_path / "sources-key.json").write_text(json.dumps({"key": "a key", "wanted": given}))
    assert ServiceKey("http://127.0.0.1:1", "", [plain]).actions == given


def test_without_sources_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOISTER_HOME", str(tmp_path))
    monkeypatch.delenv("CLOISTER_SOURCES", raising=False)
    assert "There are no sources" in CliRunner().invoke(app, ["sources", "list"]).stdout
    assert CliRunner().invoke(app, ["sources", "run"]).exit_code == 1
