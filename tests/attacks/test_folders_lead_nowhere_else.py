"""A folder that others write to gives what is in it, and nothing that they can only point to."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from client.cli.commands.documents.uploads import _upload, files_of
from client.sync.files.safe_open import open_inside
from client.sync.files.scanner import FileFilter, scan
from client.sync.files.stable_read import stable_copy
from tests.support.company import Company

ROOT = Path(__file__).parents[2]
SECRET = "the key of another: hunter7"


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder with a paper, and a secret outside of it."""
    folder = tmp_path / "share"
    (folder / "reports").mkdir(parents=True)
    (folder / "reports" / "paper.txt").write_text("The hotel limit in Europe is 180 US dollars a night.")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "paper.txt").write_text(SECRET)
    return folder


def link_file(share: Path) -> None:
    (share / "reports" / "paper.txt").unlink()
    (share / "reports" / "paper.txt").symlink_to(share.parent / "outside" / "paper.txt")


def link_folder(share: Path) -> None:
    (share / "reports").rename(share / "before")
    (share / "reports").symlink_to(share.parent / "outside")


def other_file(share: Path) -> None:
    (share / "reports" / "new.txt").write_text(SECRET)
    (share / "reports" / "new.txt").rename(share / "reports" / "paper.txt")


def pipe(share: Path) -> None:
    (share / "reports" / "paper.txt").unlink()
    os.mkfifo(share / "reports" / "paper.txt")


SWAPS: list[Callable[[Path], None]] = [link_file, link_folder, other_file, pipe]


@pytest.mark.parametrize("swap", SWAPS)
def test_what_is_swapped_between_look_and_open_is_not_read(share: Path, swap: Callable[[Path], None]) -> None:
    seen = scan(share, FileFilter())
    swap(share)
    for path in seen.files:
        with stable_copy(share, path, seen.identities[path]) as copy:
            assert copy is None


@pytest.mark.parametrize("swap", SWAPS)
def test_ingest_uploads_nothing_that_was_swapped(share: Path, swap: Callable[[Path], None]) -> None:
    (file,) = files_of([share])
    swap(share)

    class Nobody:
        def upload_file(self, *_: object, **__: object) -> None:
            raise AssertionError("it was uploaded")

    with pytest.raises(OSError, match=r"not a regular file|symbolic links"):
        _upload(Nobody(), file, "finance")  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["../outside/paper.txt", "/etc/passwd", "reports/../../outside/paper.txt", "", "."])
def test_no_path_leads_out(share: Path, path: str) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        open_inside(share, path)


def test_what_is_there_is_read_also_below_a_folder_that_is_a_link_itself(share: Path) -> None:
    link = share.parent / "link"
    link.symlink_to(share)
    with open_inside(link, "reports/paper.txt") as file:
        assert b"180" in file.read()


def test_a_file_that_was_named_may_be_a_link(share: Path) -> None:
    link = share.parent / "link.txt"
    link.symlink_to(share / "reports" / "paper.txt")
    (file,) = files_of([link])
    assert (file.title, file.relative) == ("link.txt", "paper.txt")


def test_the_command_uploads_what_is_in_the_folder_alone(cloister: Company, share: Path) -> None:
    space = cloister.workspace("finance")
    (share / "leak.txt").symlink_to(share.parent / "outside" / "paper.txt")
    (share / "leaks").symlink_to(share.parent / "outside")
    environment = os.environ | {"CLOISTER_URL": cloister.system.base, "CLOISTER_TOKEN": cloister.system.token}
    command = [sys.executable, "-m", "client.cli.main", "ingest", str(share), "-w", space, "--json"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    titles = {state["title"] for state in cloister.admin.call("GET", f"/api/documents?workspace={space}")["documents"]}
    assert titles == {"reports/paper.txt"}
