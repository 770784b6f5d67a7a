"""A folder and a workspace in step: what changes in one is found in the other."""

import os
import time
from pathlib import Path
from threading import Thread

import pytest

from client.sdk.errors import Refused
from client.sync.files.scanner import SUFFIXES
from client.sync.watcher import WatchOptions
from services.ingestion.formats.media_types import NAMED
from tests.support.synced_folder import BREAD, FEE, QUICK, Step, step

__all__ = ["step"]


def test_new_changed_renamed_and_deleted_files_follow(step: Step) -> None:
    step.write("club/fees.md", FEE.format(120))
    step.write("bread.md", BREAD.format("six"))
    step.look()
    first = step.titles()
    assert set(first) == {"club/fees.md", "bread.md"}
    step.write("club/fees.md", FEE.format(150))
    (step.folder / "bread.md").rename(step.folder / "bakery.md")
    step.look()
    assert step.titles() == {"club/fees.md": first["club/fees.md"], "bakery.md": first["bread.md"]}
    assert [text for text in step.finds("What is the membership fee?") if "120" in text] == []
    (step.folder / "club" / "fees.md").unlink()
    step.look()
    assert set(step.titles()) == {"bakery.md"}
    step.cloister.until(lambda: not [text for text in step.finds("membership fee of the chess club") if "fee" in text])


def test_a_watched_folder_is_followed_within_seconds(step: Step) -> None:
    with step.watcher(WatchOptions(interval=20, quiet_seconds=0.2)) as watcher:
        running = Thread(target=watcher.run)
        running.start()
        step.cloister.until(lambda: step.events("scanned"))
        began = time.monotonic()
        step.write("fees.md", FEE.format(120))
        step.cloister.until(lambda: step.finds("What is the membership fee?"))
        # A notice woke it: the next look of its own is 20 s away.
        assert time.monotonic() - began < 15
        watcher.stop()
        running.join()


def test_sending_much_does_not_delay_the_next_look(step: Step) -> None:
    for n in range(8):
        step.write(f"rule {n}.md", f"# Rule {n}\n\nRule {n} costs {n * 7} yuan.\n")
    with step.watcher(WatchOptions(interval=60, quiet_seconds=0.2, threads=1)) as watcher:
        running = Thread(target=watcher.run)
        running.start()
        step.cloister.until(lambda: step.events("in_step"))
        began = time.monotonic()
        step.write("fees.md", FEE.format(120))
        step.cloister.until(lambda: step.events("in_step")[1:])
        assert time.monotonic() - began < 10
        watcher.stop()
        running.join()


def test_unchanged_files_are_neither_read_nor_sent(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    step.write("fees.md", FEE.format(120))
    step.look()
    monkeypatch.setattr("client.sync.sync_run.stable_copy", lambda path: pytest.fail(f"{path} was read"))
    step.look()
    (step.folder / "fees.md").rename(step.folder / "dues.md")
    step.look()
    assert set(step.titles()) == {"dues.md"}


def test_two_files_with_the_same_bytes_are_one_document_until_the_last_is_gone(step: Step) -> None:
    step.write("a.md", FEE.format(120))
    step.look()
    document = step.titles()["a.md"]
    step.write("copy.md", FEE.format(120))
    step.look()
    assert step.titles() == {"a.md": document}
    (step.folder / "a.md").unlink()
    step.look()
    assert step.titles() == {"copy.md": document}
    (step.folder / "copy.md").unlink()
    step.look(WatchOptions(once=True, quiet_seconds=0.1, max_deleted=100))
    assert step.titles() == {}


def test_new_bytes_of_one_of_two_equal_files_leave_the_other_as_it_is(step: Step) -> None:
    step.write("a.md", FEE.format(120))
    step.look()
    step.write("b.md", FEE.format(120))
    step.look()
    step.write("a.md", BREAD.format("seven"))
    step.look()
    assert set(step.titles()) == {"a.md", "b.md"}
    assert any("120" in text for text in step.finds("What is the membership fee?"))
    assert any("seven" in text for text in step.finds("When does the bakery open?"))


def test_names_that_are_exchanged_are_exchanged(step: Step) -> None:
    step.write("a.md", FEE.format(120))
    step.write("b.md", BREAD.format("eight"))
    step.look()
    before = step.titles()
    (step.folder / "a.md").rename(step.folder / "c")
    (step.folder / "b.md").rename(step.folder / "a.md")
    (step.folder / "c").rename(step.folder / "b.md")
    step.look()
    assert step.titles() == {"a.md": before["b.md"], "b.md": before["a.md"]}


def test_a_share_that_is_not_mounted_deletes_nothing(step: Step) -> None:
    step.write("fees.md", FEE.format(120))
    step.look()
    away = step.folder.rename(step.folder.with_name("away"))
    with pytest.raises(Refused) as missing:
        step.look()
    step.folder.mkdir()
    with pytest.raises(Refused) as empty:
        step.look()
    assert (missing.value.reason, empty.value.reason) == ("folder_missing", "mass_delete")
    assert "--allow-mass-delete" in empty.value.error
    assert set(step.titles()) == {"fees.md"}
    step.folder.rmdir()
    away.rename(step.folder)
    step.look()
    assert set(step.titles()) == {"fees.md"}


def test_a_file_that_is_still_written_is_left_until_it_is_whole(step: Step) -> None:
    with (
        (step.folder / "fees.md").open("w") as file,
        step.watcher(WatchOptions(interval=0.1, quiet_seconds=0.1)) as watcher,
    ):
        file.write(FEE.format(120))
        file.flush()
        running = Thread(target=watcher.run)
        running.start()
        step.cloister.until(lambda: len(step.events("scanned")) > 4)
        assert step.titles() == {}
        file.close()
        step.cloister.until(step.titles)
        watcher.stop()
        running.join()


@pytest.mark.parametrize("name", ["~$fees.docx", ".hidden.md", "fees.md.part", "fees.pdf.crdownload", "x.tmp", "a.swp"])
def test_temporary_names_are_left_out(name: str, step: Step) -> None:
    step.write(name, FEE.format(120))
    step.look()
    assert step.events("scanned")[0]["files"] == 0


def test_links_do_not_lead_out_of_the_folder(step: Step, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(FEE.format(7))
    (step.folder / "link.md").symlink_to(tmp_path / "secret.md")
    (step.folder / "up").symlink_to(tmp_path, target_is_directory=True)
    step.look()
    assert step.events("scanned")[0]["files"] == 0


def test_an_empty_file_waits(step: Step) -> None:
    (step.folder / "fees.md").touch()
    step.look()
    assert step.titles() == {}
    step.write("fees.md", FEE.format(120))
    step.look()
    assert set(step.titles()) == {"fees.md"}


def test_a_rejected_file_is_told_and_sent_again_only_when_it_changes(step: Step) -> None:
    (step.folder / "fees.docx").write_bytes(b"PK\x03\x04 no archive")
    step.look()
    told = step.events("rejected")
    assert (told[0]["path"], len(told[0]["reason"].split()) > 5) == ("fees.docx", True)
    step.look()
    os.utime(step.folder / "fees.docx", (1, 1))
    step.look()
    assert len(step.events("rejected")) == 1


def test_what_was_killed_between_sending_and_writing_down_is_not_sent_twice(step: Step) -> None:
    step.write("fees.md", FEE.format(120))
    step.look()
    before = step.titles()
    step.state.unlink()
    step.look()
    assert step.titles() == before
    assert step.cloister.admin.document(before["fees.md"]).revision == 1


def test_a_document_that_somebody_took_away_comes_back(step: Step) -> None:
    step.write("fees.md", FEE.format(120))
    step.look()
    step.cloister.admin.discard(step.titles()["fees.md"])
    step.look()
    assert set(step.titles()) == {"fees.md"}


def test_a_document_that_was_there_before_is_not_taken_away_with_the_file(step: Step) -> None:
    document = step.cloister.paper(step.workspace, "by hand.md", FEE.format(120))["document_id"]
    step.write("fees.md", FEE.format(120))
    step.look()
    assert step.titles()["by hand.md"] == document != step.titles()["fees.md"]
    (step.folder / "fees.md").unlink()
    step.look(WatchOptions(once=True, quiet_seconds=0.1, max_deleted=100))
    assert step.titles() == {"by hand.md": document}


def test_one_folder_is_watched_by_one_process(step: Step) -> None:
    with step.watcher(QUICK), pytest.raises(Refused) as refused, step.watcher(QUICK):
        pass
    assert refused.value.reason == "state_in_use"


def test_a_workspace_that_is_not_there_ends_it_at_once(step: Step) -> None:
    step.workspace = "nowhere"
    step.write("fees.md", FEE.format(120))
    with pytest.raises(Refused) as refused:
        step.look(WatchOptions(quiet_seconds=0.1))
    assert refused.value.reason == "workspace_not_found"


def test_what_is_taken_by_its_ending_can_be_read() -> None:
    assert {ending.removeprefix(".") for ending in SUFFIXES} <= set(NAMED)


def test_names_of_old_chinese_systems_are_read(step: Step) -> None:
    (Path(os.fsdecode(os.fsencode(step.folder) + b"/" + "会费.md".encode("gb18030")))).write_text(FEE.format(120))
    step.look()
    assert set(step.titles()) == {"会费.md"}
    step.look()
    assert len(step.events("indexed")) == 1
