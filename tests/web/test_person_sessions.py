"""An administrator sees where somebody is signed in and ends it; the person reads why and loses nothing."""

import pytest
from playwright.sync_api import Locator, expect

from tests.support.company import PASSWORD, Company, raw
from tests.web.inspection import findings, too_wide
from tests.web.tongues import foreign, opened
from tests.web.visitor import PHONE, Visitors, visit

WORDS = {
    "en": {
        "acts": "Actions for {}", "sessions": "Sessions", "end": "End the session", "cancel": "Cancel",
        "all": "Sign out everywhere", "none": "is signed in in no browser", "why": "An administrator (person:admin)",
    },
    "zh": {
        "acts": "对 {} 的操作", "sessions": "会话", "end": "结束会话", "cancel": "取消",
        "all": "在所有地方退出登录", "none": "没有在任何浏览器中登录", "why": "管理员结束了这个会话",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
def test_a_session_is_ended_and_its_person_reads_why_and_keeps_the_draft(
    cloister: Company, visitors: Visitors, language: str
) -> None:
    words, person = WORDS[language], cloister.person("signed-in", cloister.workspace("sessions"))
    name = str(person.me()["name"])
    page = visitors.open(person, language=language, anew=True)
    page.locator("#question").fill("A long thought")
    dialog = listed(cloister, visitors, name, language)
    card = dialog.locator("tbody tr")
    expect(card).to_contain_text("127.0.0.1")
    card.get_by_role("button", name=words["end"]).click()
    sure = dialog.page.get_by_role("dialog", name=words["end"])
    sure.get_by_role("button", name=words["cancel"]).click()
    expect(card).to_be_visible()
    card.get_by_role("button", name=words["end"]).click()
    sure.get_by_role("button", name=words["end"]).click()
    expect(dialog).to_contain_text(words["none"])
    page.locator("#question").press("Enter")
    again = page.get_by_role("dialog")
    expect(again).to_contain_text(words["why"])
    again.locator("input[name=username]").fill(name)
    again.locator("input[name=password]").fill(PASSWORD)
    again.locator("form button").click()
    expect(again).to_have_count(0)
    expect(page.locator("#question")).to_have_value("A long thought")
    dialog.get_by_role("button", name=words["all"]).click()
    dialog.page.get_by_role("dialog", name=words["all"]).get_by_role("button", name=words["all"]).click()
    # The tokens of programs end, too.
    cloister.until(lambda: raw(person, "GET", "/api/me").status_code == 401)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text(words["why"])


def listed(cloister: Company, visitors: Visitors, name: str, language: str) -> Locator:
    """The dialog with somebody's sessions, on a phone."""
    page = opened(visitors, cloister.admin, language, viewport=PHONE)
    visit(page, "admin/people")
    row = page.locator(".rows tbody tr").filter(has_text=name)
    row.get_by_role("button", name=WORDS[language]["acts"].format(name)).click()
    page.get_by_role("button", name=WORDS[language]["sessions"], exact=True).click()
    dialog = page.get_by_role("dialog", name=WORDS[language]["sessions"])
    dialog.locator("tbody tr").first.wait_for()
    assert findings(page) == []
    assert foreign(page, language) == []
    assert too_wide(page, (360, PHONE["width"])) == []
    return dialog
