"""In dialogs and menus nothing is seen or said in the other language but what people wrote; views: test_quality."""

import pytest
from playwright.sync_api import expect

from tests.support.company import Company
from tests.support.department import Department
from tests.web.tongues import foreign, opened, speak, strange
from tests.web.visitor import Visitors, visit

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
ACTS = 7  # what can be done to somebody


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("已找到 Overseas Travel Policy.docx", "zh", []),
        ("没有 group:finance，见 docs/page.md", "zh", []),
        ("无法读取：The file is damaged.", "zh", ["The", "file", "is", "damaged"]),
        ("用时 3 s", "zh", ["s"]),
        ("Sources: 差旅报销制度.pdf", "en", []),
        ("Status：rejected", "en", ["："]),
        ("3 个文件", "en", ["个文件"]),
    ],
)
def test_words_of_the_other_language_are_found_but_not_names(text: str, language: str, found: list[str]) -> None:
    assert strange(text, language, ["Overseas Travel Policy.docx", "差旅报销制度.pdf"]) == found


@LANGUAGES
def test_dialogs_and_menus_speak_the_language_of_the_page(
    cloister: Company, department: Department, visitors: Visitors, language: str
) -> None:
    page = opened(visitors, cloister.admin, language)
    found = []
    visit(page, "admin/people")
    page.locator(".finding").fill(department.alice.me()["name"])
    for n in range(ACTS):
        page.locator(".people .acts button").first.click()
        page.locator(".people .menu .item").nth(n).click()
        page.get_by_role("dialog").wait_for()
        found += [f"act {n}: {line}" for line in foreign(page, language)]
        page.keyboard.press("Escape")
    for key in ("?", "Control+k"):
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        found += [f"{key}: {line}" for line in foreign(page, language)]
        page.keyboard.press("Escape")
    page.locator(".account-button").click()
    found += [f"settings: {line}" for line in foreign(page, language)]
    page.locator(".settings .item").nth(1).click()
    page.locator(".sessions li").first.wait_for()
    found += [f"sessions: {line}" for line in foreign(page, language)]
    assert found == []


def test_a_sentence_of_the_other_language_fails_the_gate(cloister: Company, visitors: Visitors) -> None:
    workspace = cloister.workspace("named")
    writer = cloister.person("writer", workspace)  # a word of English: written by people, so not found
    cloister.grant(workspace, writer.me()["id"], "write")
    folder = {"host": "h", "folder": "/srv", "workspace": workspace, "files": 1, "documents": 1}
    writer.call("PUT", "/api/folders", json=folder)
    page = opened(visitors, cloister.admin, "zh")
    visit(page, "knowledge/folders")
    page.evaluate("document.querySelector('h1').append(' The list could not be loaded.')")
    page.evaluate("document.querySelector('main').setAttribute('aria-label', 'Content')")
    assert [line.partition(" in ")[0] for line in foreign(page, "zh")] == [
        "['Content']", "['The', 'list', 'could', 'not', 'be', 'loaded']",
    ]  # fmt: skip


def test_the_language_is_chosen_in_the_settings_and_stays(department: Department, visitors: Visitors) -> None:
    page = visitors.open(department.alice)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    speak(page, "zh")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("heading", name="最近更新")).to_be_visible()
