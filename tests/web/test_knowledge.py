"""Looking after documents in the page: a folder at once, trouble by name, a thousand files, readers, revisions."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.attacks.files.makers import locked_pdf
from tests.support.company import Company
from tests.support.department import Department
from tests.web.tongues import speak
from tests.web.visitor import Visitors

DOCUMENT = {
    "revision": 1, "workspace": "x", "reason": None, "pages": 1, "chunks": 1, "size": 1, "media_type": "",
    "created_at": None, "effective": None, "expires": None, "allow": [], "deny": [], "owner": None, "review": None,
    "withdrawn": False, "progress": None, "taken_out": {}, "parent": None,
}  # fmt: skip
WORDS = {
    "en": {
        "2026/保修.txt": "in use", "broken.pdf": "rejected.*damaged", "locked.pdf": "rejected.*password",
        "empty.txt": "failed.*is empty",
    },
    "zh": {
        "2026/保修.txt": "使用中", "broken.pdf": "被拒绝.*文件已损坏，无法读取",
        "locked.pdf": "被拒绝.*请去掉密码后再上传", "empty.txt": "失败.*文件是空的",
    },
}  # fmt: skip


def keeper(cloister: Company, visitors: Visitors, workspace: str, language: str = "en") -> Page:
    """The administrator, who may write everywhere, before the list of one workspace."""
    page = visitors.open(cloister.admin, path="/#/knowledge", language=language)
    page.locator(".uploader select").select_option(workspace)
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_folder_is_added_in_one_step_and_each_failure_has_its_name_and_reason(
    cloister: Company, visitors: Visitors, tmp_path: Path, language: str
) -> None:
    workspace, words = cloister.workspace("manuals"), WORDS[language]
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "保修.txt").write_text("铸件的保修期为二十四个月。")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (tmp_path / "locked.pdf").write_bytes(locked_pdf())
    (tmp_path / "empty.txt").write_bytes(b"")
    page = keeper(cloister, visitors, workspace, language)
    page.locator("input[webkitdirectory]").set_input_files(tmp_path)
    lines = page.locator(".uploads li")
    for name, told in words.items():
        expect(lines.filter(has_text=name)).to_contain_text(re.compile(told, re.DOTALL), timeout=60_000)
    page.locator(".filters select").first.select_option(workspace)
    expect(page.locator(".rows tbody tr")).to_have_count(3)
    for name in ("broken.pdf", "locked.pdf"):
        sentence = words[name].rpartition("*")[2]
        expect(page.locator(".rows tbody tr").filter(has_text=name)).to_contain_text(re.compile(sentence))


def test_a_thousand_files_are_sent_three_at_a_time(cloister: Company, visitors: Visitors) -> None:
    page = keeper(cloister, visitors, cloister.workspace("many"))
    # The server's part is played in the page: a thousand calls through the test would take ten seconds.
    page.evaluate(
        """(reply) => { let open = 0; window.most = 0; window.sent = new Set()
          XMLHttpRequest.prototype.send = function (form) { window.most = Math.max(window.most, ++open)
            sent.add(form.get('file').name)
            setTimeout(() => { open--
              const said = JSON.stringify({ ...reply, document_id: `d${sent.size}` })
              Object.defineProperties(this, { status: { value: 202 }, responseText: { value: said } })
              for (const name of ['load', 'loadend']) this.dispatchEvent(new ProgressEvent(name)) }) } }""",
        DOCUMENT | {"title": "x", "status": "indexed"},
    )
    page.evaluate(
        """() => { const transfer = new DataTransfer()
          for (let n = 0; n < 1000; n++) transfer.items.add(new File([`file ${n}`], `file ${n}.txt`))
          const input = document.querySelector('input[type=file]:not([webkitdirectory])')
          input.files = transfer.files; input.dispatchEvent(new Event('change', { bubbles: true })) }"""
    )
    expect(page.get_by_text("1,000 of 1,000 done")).to_be_visible(timeout=90_000)
    assert page.evaluate("sent.size") == 1000
    assert page.evaluate("window.most") == 3


def test_a_file_that_failed_is_sent_again_and_one_that_waits_is_stopped(cloister: Company, visitors: Visitors) -> None:
    page = keeper(cloister, visitors, cloister.workspace("again"))
    answers: list[dict[str, Any]] = [{"status": 413, "json": {"error": "The file is too big.", "reason": "too_big"}}]
    page.route(
        re.compile("/api/documents$"), lambda route: route.fulfill(**answers.pop()) if answers else route.continue_()
    )
    files = page.locator("input[type=file]:not([webkitdirectory])")
    files.set_input_files({"name": "big.txt", "mimeType": "text/plain", "buffer": "保修期为一年。".encode()})
    line = page.locator(".uploads li")
    expect(line).to_contain_text("It is too big. Send less, or split it.")
    line.get_by_role("button", name="Retry").click()
    expect(line).to_contain_text("in use", timeout=60_000)


def test_the_list_shows_how_much_is_found_by_its_meaning_until_all_is(cloister: Company, visitors: Visitors) -> None:
    page = keeper(cloister, visitors, cloister.workspace("shares"))
    due = (datetime.now(UTC) + timedelta(seconds=40)).isoformat()
    stored = DOCUMENT | {"document_id": "d", "title": "Report.pdf", "status": "indexed"}
    now = {"vectors": 0.34, "vectors_due": due}
    page.route(
        re.compile(r"/api/documents\?"), lambda route: route.fulfill(json={"total": 1, "documents": [stored | now]})
    )
    page.reload()
    row = page.locator(".rows tbody tr")
    expect(row).to_contain_text(re.compile(r"by words; 34 % by meaning, about (40|3\d) s left"))
    speak(page, "zh")
    expect(row).to_contain_text(re.compile(r"可按字词查找；语义索引已完成 34%，约剩 (40|3\d|2\d) 秒"))
    now.update(vectors=1, vectors_due=None)  # type: ignore[call-overload]
    expect(row).not_to_contain_text("语义索引", timeout=15_000)


def test_a_manager_limits_the_readers_and_sees_why_somebody_is_left_out(
    cloister: Company, department: Department, visitors: Visitors
) -> None:
    paper = cloister.paper(department.name, "工资.txt", "工资于每月十日发放。")["document_id"]
    page = visitors.open(cloister.admin, path=f"/#/knowledge/document/{paper}")
    page.get_by_label("Not these").fill(department.alice.me()["id"])
    page.get_by_role("button", name="Save").nth(1).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("Person, group or key").fill(department.alice.me()["id"])
    page.get_by_role("button", name="Why?").click()
    expect(page.locator(".rules .fails")).to_contain_text("deny list names")
    speak(page, "zh")
    page.get_by_role("button", name="为什么？").click()
    expect(page.locator(".rules .fails")).to_contain_text("禁止名单中有")
    expect(page.locator(".rules")).to_contain_text("可以 提问、阅读")


def test_a_document_is_withdrawn_restored_and_deleted(cloister: Company, visitors: Visitors) -> None:
    workspace = cloister.workspace("life")
    paper = cloister.paper(workspace, "old.txt", "An old rule.")["document_id"]
    page = visitors.open(cloister.admin, path=f"/#/knowledge/document/{paper}")
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.locator(".document .tag", has_text="withdrawn")).to_have_count(1)
    speak(page, "zh")
    expect(page.locator(".document .tag", has_text="已撤下")).to_have_count(1)
    page.get_by_role("button", name="恢复").click()
    expect(page.locator(".document .tag", has_text="已撤下")).to_have_count(0)
    page.get_by_role("button", name="删除").click()
    page.get_by_role("dialog", name="删除").get_by_role("button", name="删除").click()
    expect(page).to_have_url(re.compile("#/knowledge/documents"))
    assert cloister.admin.call("GET", f"/api/documents?workspace={workspace}")["total"] == 0


def test_the_search_test_shows_ranks_of_each_leg(department: Department, cloister: Company, visitors: Visitors) -> None:
    page = visitors.open(cloister.admin, path="/#/knowledge/search", language="zh")
    page.locator("input[name=question]").fill("住宿 标准")
    page.keyboard.press("Enter")
    expect(page.locator(".rows tbody tr").first.locator("strong").first).to_have_text("1")
    expect(page.locator(".rows th")).to_have_text(["标题", "综合", "语义", "字词"])
    page.locator("input[name=question]").fill("ZK-9931 的住宿标准")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有出现 ZK-9931")).to_be_visible()
    speak(page, "en")
    expect(page.locator(".rows th")).to_have_text(["Title", "Together", "Meaning", "Words"])
