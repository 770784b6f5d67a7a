"""Files let go over the list: many at once, folders among them, what cannot be read, and a connection that is lost."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.company import Company
from tests.web.test_knowledge import DOCUMENT, keeper
from tests.web.visitor import DESKTOP, Visitors, drop, drop_at, visit

# The server's part is played in the page; a file that cannot be read fails as it does on the network.
TAKEN = """(reply) => { window.sent = []; window.asked = 0
  const entry = DataTransferItem.prototype.webkitGetAsEntry
  DataTransferItem.prototype.webkitGetAsEntry = function () { asked++; return entry.call(this) }
  XMLHttpRequest.prototype.send = async function (form) {
    const file = form.get('file'), title = form.get('title')
    try { await file.arrayBuffer() } catch { return this.dispatchEvent(new ProgressEvent('error')) }
    sent.push(title)
    const said = JSON.stringify({ ...reply, title, document_id: `d${sent.length}` })
    Object.defineProperties(this, { status: { value: 202 }, responseText: { value: said } })
    this.dispatchEvent(new ProgressEvent('load')) } }"""
MANY = 120


@pytest.fixture
def page(cloister: Company, visitors: Visitors) -> Page:
    page = keeper(cloister, visitors, cloister.workspace("dropped"))
    page.evaluate(TAKEN, DOCUMENT | {"status": "indexed"})
    return page


def written(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return [str(folder / name) for name in names]


def test_of_many_dropped_items_only_those_that_may_be_folders_are_asked_what_they_are(
    page: Page, tmp_path: Path
) -> None:
    files = written(tmp_path, *(f"{n:03}.txt" for n in range(MANY)))
    written(tmp_path, "rules/2026/hotels.txt", "rules/meals.txt", "rules/.hidden")
    drop(page, [*files, str(tmp_path / "rules")])
    expect(page.get_by_text(f"{MANY + 2} of {MANY + 2} done")).to_be_visible(timeout=60_000)
    assert page.evaluate("asked") == 1
    titles = set(page.evaluate("sent"))
    assert {"000.txt", f"{MANY - 1:03}.txt", "rules/2026/hotels.txt", "rules/meals.txt"} <= titles
    assert len(titles) == MANY + 2


def test_a_folder_named_as_a_file_is_opened_among_few_and_told_among_many(page: Page, tmp_path: Path) -> None:
    written(tmp_path, "old.pdf/rules.txt")
    drop(page, [str(tmp_path / "old.pdf")])
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    assert page.evaluate("sent") == ["rules.txt"]
    drop(page, [*written(tmp_path, *(f"{n:03}.txt" for n in range(MANY))), str(tmp_path / "old.pdf")])
    line = page.locator(".uploads li").filter(has_text="old.pdf")
    expect(line).to_contain_text("The file cannot be read.", timeout=60_000)
    expect(line.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.get_by_text(f"{MANY + 2} of {MANY + 2} done")).to_be_visible(timeout=60_000)


def test_files_may_be_let_go_anywhere_and_never_open_in_place_of_the_page(page: Page, tmp_path: Path) -> None:
    files = written(tmp_path, "rules.txt")
    drop_at(page, files, DESKTOP["width"] - 40, DESKTOP["height"] - 20)
    expect(page.locator(".uploads li")).to_have_count(1)
    for view in ("knowledge/due", "ask", "knowledge/search"):
        visit(page, view)
        drop_at(page, files, DESKTOP["width"] / 2, 200)
        assert page.url.endswith(f"#/{view}"), "the browser opens no file"
    visit(page, "knowledge/documents")
    expect(page.locator(".uploads li")).to_have_count(1)


def test_a_rejected_file_is_read_again_and_what_went_wrong_leaves_the_list_last(
    cloister: Company, visitors: Visitors, tmp_path: Path
) -> None:
    page = keeper(cloister, visitors, cloister.workspace("rejected"))
    (tmp_path / "tool.exe").write_bytes(b"MZ" + bytes(300))
    drop(page, [str(tmp_path / "tool.exe"), *written(tmp_path, "rules.txt")])
    expect(page.get_by_text("2 of 2 done")).to_be_visible(timeout=60_000)
    with page.expect_response(lambda reply: reply.url.endswith("/retry")) as again:
        page.get_by_role("button", name="Read again").click()
    assert again.value.status == 202
    line = page.locator(".uploads li").filter(has_text="tool.exe")
    expect(line.locator(".why")).to_contain_text("It is a program", timeout=60_000)
    page.get_by_role("button", name="Clear finished").click()
    expect(page.locator(".uploads li")).to_have_count(1)
    page.get_by_role("button", name="Clear finished").click()
    expect(page.locator(".uploads")).to_have_count(0)
