"""Earlier questions in the page: found, renamed, pinned, deleted, exported."""

import io
import zipfile
from pathlib import Path

from docx import Document
from playwright.sync_api import Page, Route, expect

from tests.support.department import HOTEL, Department
from tests.web.tongues import speak
from tests.web.visitor import Visitors, answered


def act(page: Page, name: str) -> None:
    """An entry of the newest conversation's menu."""
    page.locator(".history-list li .round").first.click()
    page.locator(".menu").get_by_role("button", name=name).click()


def test_a_conversation_is_found_by_a_later_question_renamed_pinned_and_deleted(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    answered(page, "And the zebrafish allowance?")
    page.get_by_role("searchbox", name="Search your questions").fill("zebrafish")
    items = page.locator(".history-list li a")
    expect(items).to_have_count(1)
    act(page, "Rename")
    page.get_by_label("New title").fill("欧洲住宿")
    page.get_by_role("button", name="Save").click()
    expect(items.first).to_have_text("欧洲住宿")
    act(page, "Pin")
    expect(page.locator(".history-list h2").first).to_have_text("Pinned")
    speak(page, "zh")
    expect(page.locator(".history-list h2").first).to_have_text("已置顶")
    act(page, "删除")
    page.get_by_role("dialog", name="删除").get_by_role("button", name="删除").click()
    expect(items).to_have_count(0)
    expect(page.locator(".exchange")).to_have_count(0)


def test_a_conversation_is_exported_as_markdown_and_as_word(
    department: Department, visitors: Visitors, tmp_path: Path
) -> None:
    page = visitors.open(department.alice)
    answered(page, HOTEL)
    kept = {}
    for name, ending in (("Export as Markdown", "md"), ("Export as Word", "docx")):
        with page.expect_download() as saved:
            act(page, name)
        path = tmp_path / f"saved.{ending}"
        saved.value.save_as(path)
        kept[ending] = path.read_bytes()
    assert "180 US dollars" in kept["md"].decode()
    assert "Overseas Travel Policy.docx" in kept["md"].decode()
    assert zipfile.ZipFile(io.BytesIO(kept["docx"])).testzip() is None
    lines = [line.text for line in Document(io.BytesIO(kept["docx"])).paragraphs]
    assert lines[:2] == [HOTEL, HOTEL]
    assert any("180 US dollars" in line for line in lines)


def test_a_question_or_a_document_is_found_by_its_title_while_one_types(
    department: Department, visitors: Visitors
) -> None:
    page = visitors.open(department.alice)
    page.locator("#question").wait_for()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("差旅")
    # A title that has the word comes before headings that have it.
    expect(page.get_by_role("option").first).to_contain_text("差旅报销制度.pdf")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_contain_text("差旅报销制度.pdf")


PRESS = """() => { document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
  { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }))
  return document.activeElement.getAttribute('role') }"""


def test_what_is_typed_or_composed_as_the_finder_opens_is_looked_for(
    department: Department, visitors: Visitors
) -> None:
    page, held = visitors.open(department.alice), list[Route]()
    page.locator("#question").fill("A draft")
    assert page.evaluate(PRESS) == "combobox", "the next key is the finder's, before anything else is drawn"
    page.route("**/api/find?*", lambda route: held.append(route))
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "chailv", "selectionStart": 6, "selectionEnd": 6})
    with page.expect_request(lambda request: "q=%E5%B7%AE%E6%97%85" in request.url and "/api/find" in request.url):
        keys.send("Input.insertText", {"text": "差旅"})
    expect(page.get_by_role("combobox")).to_have_value("差旅")
    page.keyboard.press("Enter")  # before anything is found
    for route in held:
        route.continue_()
    expect(page.get_by_role("complementary")).to_contain_text("差旅报销制度.pdf")
    expect(page.locator("#question")).to_have_value("A draft")


def test_the_finder_opens_before_it_is_known_who_is_there_and_keeps_what_is_typed(
    department: Department, visitors: Visitors
) -> None:
    page, held = visitors.open(department.alice), list[Route]()
    page.locator("#question").wait_for()
    page.route("**/auth/session", lambda route: held.append(route))
    with page.expect_request("**/auth/session"):
        page.reload(wait_until="commit")
    page.keyboard.press("Control+k")
    page.keyboard.type("差旅")
    [session] = held
    session.continue_()
    expect(page.get_by_role("option").first).to_contain_text("差旅报销制度.pdf")
    expect(page.get_by_role("combobox")).to_have_value("差旅")
