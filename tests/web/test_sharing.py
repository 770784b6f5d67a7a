"""A conversation is shared with a colleague in the page; each sees what their own rights cover, until it ends."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.company import Company
from tests.support.department import HOTEL, Department
from tests.web.visitor import Visitors, answered

GATE = "When does the harbour gate close?"
WORDS = {
    "en": {
        "share": "Share", "who": "User name of a colleague", "given": "Shared with you", "stop": "Stop sharing",
        "withheld": "made from something that is not open to you", "nobody": "Nobody is called",
    },
    "zh": {
        "share": "分享", "who": "同事的用户名", "given": "分享给我的", "stop": "停止分享给",
        "withheld": "引用了不向您开放的内容",
        "nobody": "没有这个人。",
    },
}  # fmt: skip


def dialog_of(page: Page, words: dict[str, str]) -> None:
    page.locator(".history-list li .round").first.click()
    page.locator(".menu").get_by_role("button", name=words["share"], exact=True).click()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_colleague_reads_what_is_open_to_both_and_nothing_after_it_was_taken_back(
    cloister: Company, department: Department, visitors: Visitors, language: str
) -> None:
    words, harbour = WORDS[language], cloister.workspace("harbour")
    cloister.paper(harbour, "gate.md", "The harbour gate closes at midnight.")
    cloister.grant(harbour, department.alice.me()["id"], "ask", "read")
    colleague = cloister.person("colleague", department.name)
    name = colleague.me()["name"]

    page = visitors.open(department.alice, language=language)
    answered(page, HOTEL)
    answered(page, GATE)
    dialog_of(page, words)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(words["who"]).fill("nobody-at-all")
    dialog.get_by_role("button", name=words["share"], exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text(words["nobody"])
    dialog.get_by_label(words["who"]).fill(name)
    dialog.get_by_role("button", name=words["share"], exact=True).click()
    expect(dialog.locator("li")).to_contain_text(name)

    other = visitors.open(colleague, language=language)
    expect(other.locator(".history-list")).to_contain_text(words["given"])
    other.locator(".history-list a", has_text=HOTEL).click()
    exchanges = other.locator(".exchange")
    expect(exchanges.first.locator(".answer")).to_contain_text("180 US dollars")
    expect(exchanges.nth(1)).to_contain_text(words["withheld"])
    assert "midnight" not in other.content()
    exchanges.first.locator(".answer button.cite").first.click()
    expect(other.get_by_role("complementary").locator("mark")).to_be_visible()
    expect(other.locator("#question")).to_have_count(0)

    dialog.get_by_role("button", name=words["stop"]).click()
    expect(dialog.locator("li")).to_have_count(0)
    other.reload()
    expect(other.get_by_role("alert")).to_be_visible()
    assert "180 US dollars" not in other.content()
    expect(other.locator(".history-list")).not_to_contain_text(words["given"])
