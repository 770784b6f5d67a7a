"""A home that cannot be used stops the start with one clear line."""

from collections import namedtuple
from pathlib import Path

import pytest

from infra import home
from infra.home import require_home
from shared.errors import NotReady

Usage = namedtuple("Usage", "total used free")


def test_a_home_that_cannot_be_made_names_the_folder_and_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(NotReady, match=r"file/home cannot be written \(Not a directory\).*CLOISTER_HOME"):
        require_home(tmp_path / "file" / "home")


def test_a_full_disk_is_told_before_a_mapped_file_ends_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home.shutil, "disk_usage", lambda _: Usage(1, 1, 20_000_000))
    with pytest.raises(NotReady, match=r"has 20 MB left, and at least 100 are needed"):
        require_home(tmp_path)
    monkeypatch.undo()
    require_home(tmp_path)
    assert list(tmp_path.iterdir()) == []
