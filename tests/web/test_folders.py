"""Folders in step, and their trouble, in the page of those who look after the workspace."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.company import Company
from tests.support.synced_folder import FEE, Step, step
from tests.web.inspection import findings, too_wide
from tests.web.tongues import speak
from tests.web.visitor import Visitors

__all__ = ["step"]
WORDS = {"en": ("in step", "1 rejected", "damaged"), "zh": ("已同步", "1 个被拒绝", "文件已损坏，无法读取。")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_folder_and_its_trouble_are_shown_to_its_keepers_and_to_nobody_else(
    cloister: Company, step: Step, visitors: Visitors, language: str
) -> None:
    in_step, rejected, why = WORDS[language]
    step.write("chess.md", FEE.format(90))
    step.look()
    page = visitors.open(cloister.admin, path="/#/knowledge/folders", language=language)
    line = page.locator(".folders > li", has_text=str(step.folder))
    expect(line.locator(".tag")).to_have_text(in_step)
    step.write("broken.pdf", "%PDF-1.4 nothing more")
    step.look()
    page.reload()
    expect(line.locator(".tag")).to_have_text(rejected)
    line.locator("summary").click()
    expect(line.locator("details li")).to_contain_text("broken.pdf")
    expect(line.locator("details .why")).to_contain_text(why)
    assert findings(page) == []
    assert too_wide(page, (360,)) == []
    stranger = cloister.person("stranger", step.workspace)
    assert stranger.call("GET", "/api/folders")["folders"] == []


def test_a_folder_whose_share_is_gone_says_so_until_it_is_back(
    cloister: Company, step: Step, visitors: Visitors, tmp_path: Path
) -> None:
    for n in range(6):
        step.write(f"{n}.md", FEE.format(n))
    step.look()
    for file in step.folder.iterdir():
        file.rename(tmp_path / file.name)
    with pytest.raises(Exception, match="are gone"):
        step.look()
    page = visitors.open(cloister.admin, path="/#/knowledge/folders")
    line = page.locator(".folders > li", has_text=str(step.folder))
    expect(line.locator(".problem")).to_contain_text("Is a share not mounted?")
    speak(page, "zh")
    expect(line.locator(".problem")).to_contain_text("请检查共享是否已挂载")
    for n in range(6):
        (tmp_path / f"{n}.md").rename(step.folder / f"{n}.md")
    step.look()
    page.reload()
    expect(line.locator(".tag")).to_have_text("已同步")
